/** Record framing and its checksum. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { crc32c } from '../../src/util/crc32c.ts'
import { frameRecord, readRecords } from '../../src/util/tfrecord.ts'

test('crc32c() gives the values of RFC 3720, appendix B.4', () => {
  const bytes32 = (byte: (i: number) => number): Uint8Array =>
    Uint8Array.from({ length: 32 }, (_, i) => byte(i))
  assert.equal(crc32c(bytes32(() => 0)), 0x8a9136aa)
  assert.equal(crc32c(bytes32(() => 0xff)), 0x62a8ab43)
  assert.equal(crc32c(bytes32(i => i)), 0x46dd794e)
  assert.equal(crc32c(bytes32(i => 31 - i)), 0x113fdb5c)
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283)
})

test('readRecords() returns what frameRecord() framed', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), all => {
      const file = Buffer.concat(all.map(frameRecord))
      const { data, soundBytes } = readRecords(file)
      assert.deepEqual(
        data.map(one => [...one]),
        all.map(one => [...one]),
      )
      assert.equal(soundBytes, file.length)
    }),
  )
})

test('readRecords() stops before a record with any damaged or missing byte', () => {
  const records = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5)].map(frameRecord)
  const file = Buffer.concat(records)
  const first = records[0]!.length
  for (let i = first; i < file.length; i++) {
    const damaged = Uint8Array.from(file)
    damaged[i] = damaged[i]! ^ 0x40
    for (const bytes of [damaged, file.subarray(0, i)])
      assert.deepEqual(
        [readRecords(bytes).data.length, readRecords(bytes).soundBytes],
        [1, first],
        `byte ${i}`,
      )
  }
})
