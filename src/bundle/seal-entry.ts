/** The bytes of a bundle's seal, the same wherever the digest is computed. */
import { PbfWriter } from '../util/protobuf.ts'

/** Field 14 of ONNX's ModelProto: repeated StringStringEntryProto (key 1, value 2). */
const metadataField = 14

/** The entry for a SHA-256 in hexadecimal; always of the same length. */
export function sealEntry(digest: string): Uint8Array {
  const pbf = new PbfWriter()
  const write = (value: string, out: PbfWriter): void => {
    out.writeStringField(1, 'graft.sha256')
    out.writeStringField(2, value)
  }
  pbf.writeMessage(metadataField, write, digest)
  return pbf.finish()
}

/** How long every seal is, in bytes. */
export const sealLength: number = sealEntry('0'.repeat(64)).length
