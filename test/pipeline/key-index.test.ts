import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { KeyIndex } from '../../src/pipeline/key-index.ts'

const key = (n: number): Uint8Array => createHash('sha256').update(String(n)).digest()

test('KeyIndex finds every key after growing, and no other', () => {
  const index = new KeyIndex()
  for (let n = 0; n < 5000; n++) index.set(key(n), { row: n, checksum: n * 3 })
  for (let n = 0; n < 5000; n++) assert.deepEqual(index.get(key(n)), { row: n, checksum: n * 3 })
  for (let n = 5000; n < 6000; n++) assert.equal(index.get(key(n)), null)
})

test('KeyIndex tells keys apart that begin alike', () => {
  const index = new KeyIndex()
  const [a, b] = [new Uint8Array(32), new Uint8Array(32)]
  b[31] = 1
  index.set(a, { row: 1, checksum: 0 })
  index.set(b, { row: 2, checksum: 0 })
  assert.equal(index.get(a)?.row, 1)
  assert.equal(index.get(b)?.row, 2)
})

test('KeyIndex forgets a deleted key, keeps its neighbours, and takes it again', () => {
  const index = new KeyIndex()
  for (let n = 0; n < 100; n++) index.set(key(n), { row: n, checksum: 0 })
  index.delete(key(50))
  index.delete(key(1000))
  assert.equal(index.get(key(50)), null)
  assert.equal(index.get(key(51))?.row, 51)
  index.set(key(50), { row: 7, checksum: 0 })
  assert.equal(index.get(key(50))?.row, 7)
})
