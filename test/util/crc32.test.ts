import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { crc32, crc32ByTable } from '../../src/util/crc32.ts'

test('crc32ByTable() gives the check value of the CRC catalogue', () => {
  assert.equal(crc32ByTable(Buffer.from('123456789')), 0xcbf43926)
  assert.equal(crc32ByTable(new Uint8Array()), 0)
})

test('crc32() agrees with the plain form', () => {
  fc.assert(fc.property(fc.uint8Array(), bytes => assert.equal(crc32(bytes), crc32ByTable(bytes))))
})
