/** A decode worker that some file names make hang, die or fail; no test itself. */
import { nameOfSource } from '../../src/dataset/source.ts'
import { serveDecoding } from '../../src/pipeline/decode-server.ts'
import { decodeSource } from '../../src/pipeline/decode-source.ts'

serveDecoding(async (source, ...rest) => {
  const name = nameOfSource(source)
  while (name.includes('hang'));
  if (name.includes('exit')) process.exit(7)
  if (name.includes('throw')) setImmediate(() => throwLater())
  if (name.includes('throw')) await new Promise(() => {})
  return decodeSource(source, ...rest)
})

function throwLater(): never {
  throw new Error('its decoder broke')
}
