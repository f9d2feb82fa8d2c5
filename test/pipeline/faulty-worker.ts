/** A decode worker that some file names make hang, die or fail; no test itself. */
import { serveDecoding } from '../../src/pipeline/decode-server.ts'
import { decodeSource, nameOfPicture } from '../../src/pipeline/decode-source.ts'

serveDecoding(async (picture, ...rest) => {
  const name = nameOfPicture(picture)
  while (name.includes('hang'));
  if (name.includes('exit')) process.exit(7)
  if (name.includes('throw')) setImmediate(() => throwLater())
  if (name.includes('throw')) await new Promise(() => {})
  return decodeSource(picture, ...rest)
})

function throwLater(): never {
  throw new Error('its decoder broke')
}
