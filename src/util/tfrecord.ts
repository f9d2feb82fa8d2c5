/**
 * TensorFlow's record framing, the container of TensorBoard's event files.
 *
 * A record is: length (uint64), masked CRC-32C of the length's bytes (uint32), the data, masked CRC-32C of the data
 * (uint32); all little-endian (tensorflow/core/lib/io/record_writer.h).
 */
import { crc32c } from './crc32c.ts'

const headerBytes = 12
const footerBytes = 4

/** The data as one record. */
export function frameRecord(data: Uint8Array): Uint8Array {
  const record = Buffer.alloc(headerBytes + data.length + footerBytes)
  record.writeBigUInt64LE(BigInt(data.length))
  record.writeUInt32LE(maskedChecksum(record.subarray(0, 8)), 8)
  record.set(data, headerBytes)
  record.writeUInt32LE(maskedChecksum(data), headerBytes + data.length)
  return record
}

/** What a file of records holds, up to the first record that is incomplete or damaged. */
export interface Records {
  readonly data: readonly Uint8Array[]
  /** Where the first incomplete or damaged record begins; the file's length when all are sound. */
  readonly soundBytes: number
}

/** Reads records, stopping where a writer was cut off: readers of TensorBoard see nothing behind that point. */
export function readRecords(file: Uint8Array): Records {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  const data: Uint8Array[] = []
  let soundBytes = 0
  for (;;) {
    const record = recordAt(bytes, soundBytes)
    if (record === undefined) return { data, soundBytes }
    data.push(record)
    soundBytes += headerBytes + record.length + footerBytes
  }
}

function recordAt(bytes: Buffer, start: number): Uint8Array | undefined {
  if (start + headerBytes > bytes.length) return undefined
  if (bytes.readUInt32LE(start + 8) !== maskedChecksum(bytes.subarray(start, start + 8))) return undefined
  const from = start + headerBytes
  const to = from + Number(bytes.readBigUInt64LE(start))
  if (to + footerBytes > bytes.length) return undefined
  const data = bytes.subarray(from, to)
  return bytes.readUInt32LE(to) === maskedChecksum(data) ? data : undefined
}

/** Rotated and shifted, so that a checksum of data which holds checksums stays strong (lib/hash/crc32c.h). */
function maskedChecksum(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}
