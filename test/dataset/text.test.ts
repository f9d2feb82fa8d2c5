import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeText } from '../../src/dataset/text.ts'

test('decodeText() reads UTF-8 and UTF-16, without their marks', () => {
  assert.equal(decodeText(Buffer.from('\ufeffid,é')), 'id,é')
  assert.equal(decodeText(Buffer.from('\ufeffid,é', 'utf16le')), 'id,é')
  assert.equal(decodeText(Buffer.from('\ufeffid,é', 'utf16le').swap16()), 'id,é')
})

test('decodeText() takes what is not UTF-8 for Windows-1252', () => {
  assert.equal(decodeText(Buffer.from([0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72, 0x80])), 'Müller€')
})

test('decodeText() refuses bytes that are no text', () => {
  assert.equal(decodeText(Buffer.from([0x89, 0x50, 0, 0])), undefined)
})
