/** What a bundle's bytes say of themselves, read in a browser. */
import { type BundleFacts, readFacts } from '../bundle/facts.ts'
import { sealEntry, sealLength } from '../bundle/seal-entry.ts'
import { readOnnxMetadata } from '../graph/onnx/read.ts'
import { UserError } from '../util/errors.ts'

/**
 * The labels, the preprocessing and the rest of a bundle's facts.
 *
 * The seal is checked where the page has Web Cryptography: on https and on localhost.
 *
 * @param name what to call the file in errors
 * @throws UserError `model` when the bytes are no bundle, damaged, altered, or of a newer version
 */
export async function readBundle(bytes: Uint8Array, name: string): Promise<BundleFacts> {
  const text = readOnnxMetadata(bytes, name)['graft']
  if (text === undefined)
    throw new UserError('model', `Cannot use "${name}": it is no bundle made by Graft, or it was cut short`, {
      hint: 'give the .onnx file of a run or of an export',
    })
  const facts = readFacts(text, name)
  if (await isSealed(bytes)) return facts
  throw new UserError('model', `Cannot use "${name}": its content is not what was written into it`, {
    hint: 'fetch the file again; a bundle that another program has saved is for that program only',
  })
}

async function isSealed(bytes: Uint8Array): Promise<boolean> {
  if (!globalThis.crypto?.subtle) return true
  const end = Math.max(0, bytes.length - sealLength)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes.subarray(0, end))))
  const expected = sealEntry(Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join(''))
  return expected.every((byte, at) => byte === bytes[end + at])
}
