/** Tables of features share one room, and one that has lost it says so. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openRowStore, rowKey } from '../../src/pipeline/row-store.ts'
import { featureTable, tableRoom } from '../../src/train/feature-table.ts'
import { temporaryFolder } from '../pipeline/pictures.ts'

test('a table gives its rows until another takes the room, or the room is cleared', context => {
  const store = openRowStore(temporaryFolder(context), { rowBytes: 8, description: 'two numbers' })
  const keys = ['a', 'b', 'c'].map(name => rowKey(name))
  store.append(keys, new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer))
  const room = tableRoom()
  const out = new Float32Array(4)
  const first = featureTable(keys, 2, store, room)
  first.read([2, 0], out)
  assert.deepEqual([...out], [5, 6, 1, 2])
  const second = featureTable(keys.slice(1), 2, store, room)
  second.read([0, 1], out)
  assert.deepEqual([...out], [3, 4, 5, 6])
  assert.throws(() => first.read([0], out), /other features have taken the place/)
  room.clear()
  assert.throws(() => second.read([0], out), /other features have taken the place/)
  store.close()
})

test('a room holds the largest table that is kept in memory, to the byte', () => {
  const room = tableRoom()
  assert.equal(room.take(24e6)().length, 24e6)
  room.clear()
})
