/**
 * A checksum at the end of a bundle, so that a changed or truncated file is told from a sound one.
 *
 * It is the last entry of ONNX's `metadata_props`: key `graft.sha256`, value the SHA-256 of all bytes before the entry,
 * in hexadecimal. Other programs read it as one more text; a program that saves the model anew breaks the seal.
 */
import { createHash } from 'node:crypto'
import { PbfWriter } from '../util/protobuf.ts'

/** Field 14 of ONNX's ModelProto: repeated StringStringEntryProto (key 1, value 2). */
const metadataField = 14

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
  const end = bytes.length - sealOf(new Uint8Array()).length
  return end >= 0 && Buffer.compare(sealOf(bytes.subarray(0, end)), bytes.subarray(end)) === 0
}

/** The entry for some bytes; always of the same length. */
function sealOf(model: Uint8Array): Uint8Array {
  const pbf = new PbfWriter()
  const write = (digest: string, out: PbfWriter): void => {
    out.writeStringField(1, 'graft.sha256')
    out.writeStringField(2, digest)
  }
  pbf.writeMessage(metadataField, write, createHash('sha256').update(model).digest('hex'))
  return pbf.finish()
}
