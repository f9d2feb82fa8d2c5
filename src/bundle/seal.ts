/**
 * A checksum at the end of a bundle, so that a changed or truncated file is told from a sound one.
 *
 * It is the last entry of ONNX's `metadata_props`: key `graft.sha256`, value the SHA-256 of all bytes before the entry,
 * in hexadecimal. Other programs read it as one more text; a program that saves the model anew breaks the seal.
 */
import { createHash } from 'node:crypto'
import { sealEntry, sealLength } from './seal-entry.ts'

/** The bytes of a model with the seal behind them. */
export function seal(model: Uint8Array): Uint8Array {
  const entry = sealOf(model)
  const sealed = new Uint8Array(model.length + entry.length)
  sealed.set(model)
  sealed.set(entry, model.length)
  return sealed
}

/** Whether the bytes are what they were when they were sealed. */
export function isSealed(bytes: Uint8Array): boolean {
  const end = bytes.length - sealLength
  return end >= 0 && Buffer.compare(sealOf(bytes.subarray(0, end)), bytes.subarray(end)) === 0
}

function sealOf(model: Uint8Array): Uint8Array {
  return sealEntry(createHash('sha256').update(model).digest('hex'))
}
