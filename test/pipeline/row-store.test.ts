import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openRowStore, type RowStore, rowKey } from '../../src/pipeline/row-store.ts'
import { UserError } from '../../src/util/errors.ts'
import { noise, temporaryFolder } from './pictures.ts'

const identity = { rowBytes: 100, description: 'test' }
const keys = Array.from({ length: 20 }, (_, i) => rowKey('row', String(i)))
const rows = noise(20 * 100)
const rowOf = (i: number): Uint8Array => rows.subarray(i * 100, (i + 1) * 100)

function open(context: TestContext, folder: string): RowStore {
  const store = openRowStore(folder, identity)
  context.after(() => {
    try {
      store.close()
    } catch {
      // the test has closed it already
    }
  })
  return store
}

/** A folder with a closed store of all the rows. */
function filled(context: TestContext): string {
  const folder = temporaryFolder(context)
  const store = open(context, folder)
  store.append(keys.slice(0, 5), rows.subarray(0, 500))
  store.append(keys.slice(5), rows.subarray(500))
  store.close()
  return folder
}

/** Checks that each row is whole or absent, and says which are there. */
function presentRows(store: RowStore): number[] {
  const out = new Uint8Array(rows.length)
  const missing = new Set(store.read(keys, out))
  const present = keys.map((_, i) => i).filter(i => !missing.has(i))
  for (const i of present) assert.deepEqual(out.subarray(i * 100, (i + 1) * 100), rowOf(i))
  for (const i of missing) assert.equal(store.has(keys[i]!), false)
  return present
}

const all = keys.map((_, i) => i)

test('RowStore gives back the rows after it is opened again', context => {
  const folder = filled(context)
  const store = open(context, folder)
  assert.deepEqual(presentRows(store), all)
  assert.equal(store.has(rowKey('other')), false)
})

test('RowStore reads in any order, repeated keys and absent ones among them', context => {
  const store = open(context, filled(context))
  const wanted = [7, 8, 9, 3, 3, -1, 0]
  const out = new Uint8Array(wanted.length * 100)
  const missing = store.read(
    wanted.map(i => keys[i] ?? rowKey('absent')),
    out,
  )
  assert.deepEqual(missing, [5])
  wanted.forEach((i, place) => {
    if (i >= 0) assert.deepEqual(out.subarray(place * 100, (place + 1) * 100), rowOf(i))
  })
})

test('RowStore.readRow() writes at an offset', context => {
  const store = open(context, filled(context))
  const out = new Uint8Array(300)
  assert.equal(store.readRow(keys[4]!, out, 150), true)
  assert.deepEqual(out.subarray(150, 250), rowOf(4))
  assert.equal(store.readRow(rowKey('absent'), out), false)
})

test('RowStore gives the newest row of a key', context => {
  const folder = filled(context)
  const store = open(context, folder)
  store.append([keys[2]!], rowOf(11))
  store.close()
  const out = new Uint8Array(100)
  open(context, folder).readRow(keys[2]!, out)
  assert.deepEqual(out, rowOf(11))
})

test('RowStore drops rows of another size, description or version', context => {
  for (const other of [
    { ...identity, rowBytes: 50 },
    { ...identity, description: 'other' },
  ]) {
    const folder = filled(context)
    const store = openRowStore(folder, other)
    assert.equal(store.has(keys[0]!), false)
    store.close()
  }
  const folder = filled(context)
  const bytes = readFileSync(join(folder, 'index.bin'))
  bytes.writeUInt32LE(99, 8)
  writeFileSync(join(folder, 'index.bin'), bytes)
  assert.deepEqual(presentRows(open(context, folder)), [])
})

test('RowStore drops torn tails of both files and writes on after them', context => {
  for (const [name, lost] of [
    ['rows.bin', 1],
    ['rows.bin', 130],
    ['index.bin', 1],
    ['index.bin', 43],
  ] as const) {
    const folder = filled(context)
    const path = join(folder, name)
    truncateSync(path, statSync(path).size - lost)
    const store = open(context, folder)
    const present = presentRows(store)
    assert.deepEqual(present, all.slice(0, lost > 100 ? 18 : 19))
    const missing = all.filter(i => !present.includes(i))
    for (const i of missing) store.append([keys[i]!], rowOf(i))
    assert.deepEqual(presentRows(store), all)
    store.close()
    assert.deepEqual(presentRows(open(context, folder)), all)
  }
})

test('RowStore never gives a row that has changed, wherever a byte is flipped', context => {
  for (const name of ['rows.bin', 'index.bin']) {
    const length = statSync(join(filled(context), name)).size
    for (let at = 0; at < length; at += 37) {
      const folder = filled(context)
      const bytes = readFileSync(join(folder, name))
      bytes[at]! ^= 0x40
      writeFileSync(join(folder, name), bytes)
      const store = open(context, folder)
      const present = presentRows(store) // checks every row that is given
      assert.equal(present.length, at < 64 ? 0 : 19, `${name}, byte ${at}`)
      store.close()
    }
  }
})

test('RowStore.absent() names the rows that are damaged or not there, and forgets the damaged ones', context => {
  const folder = filled(context)
  const path = join(folder, 'rows.bin')
  const bytes = readFileSync(path)
  const start = bytes.length - rows.length
  for (const row of [3, 19]) bytes[start + row * 100 + 7]! ^= 1
  writeFileSync(path, bytes)
  const store = open(context, folder)
  assert.deepEqual(store.absent([...keys, rowKey('never')]), [3, 19, 20])
  assert.equal(store.has(keys[3]!), false)
  assert.deepEqual(store.absent([]), [])
})

test('a second writer gets a store of its own, which goes with it', context => {
  const folder = filled(context)
  const first = open(context, folder)
  const second = open(context, folder)
  assert.equal(first.isPrivate, false)
  assert.equal(second.isPrivate, true)
  assert.equal(second.has(keys[0]!), false)
  second.append([keys[0]!], rowOf(0))
  second.close()
  assert.equal(existsSync(second.folder), false)
  assert.deepEqual(presentRows(first), all)
  first.close()
  assert.equal(open(context, folder).isPrivate, false)
})

test('RowStore keeps notes, passes over torn ones, and drops them with the rows', context => {
  const folder = temporaryFolder(context)
  const store = open(context, folder)
  store.notes.set(keys[0]!, 'no\nimage')
  store.close()
  writeFileSync(join(folder, 'notes.jsonl'), '\n["torn', { flag: 'a' })
  const again = open(context, folder)
  again.notes.set(keys[1]!, 'empty')
  again.close()
  const last = open(context, folder)
  assert.equal(last.notes.get(keys[0]!), 'no\nimage')
  assert.equal(last.notes.get(keys[1]!), 'empty')
  last.close()
  const other = openRowStore(folder, { ...identity, description: 'other' })
  assert.equal(other.notes.get(keys[0]!), undefined)
  other.close()
})

test('openRowStore() says what is wrong with a folder that cannot be used', context => {
  const file = join(temporaryFolder(context), 'file')
  writeFileSync(file, '')
  const isStorageError = (error: unknown): boolean =>
    error instanceof UserError && error.code === 'storage' && error.message.includes(file)
  assert.throws(() => openRowStore(join(file, 'store'), identity), isStorageError)
})

test('RowStore.append() without room is a storage error, and the rows before it stay', context => {
  if (process.platform === 'win32') return context.skip('no limit on the size of files')
  const folder = temporaryFolder(context)
  const module = new URL('../../src/pipeline/row-store.js', import.meta.url)
  const script = `
    import { openRowStore, rowKey } from ${JSON.stringify(module.href)}
    const store = openRowStore(${JSON.stringify(folder)}, { rowBytes: 10000, description: 'large' })
    try {
      for (let i = 0; i < 100; i++) store.append([rowKey(String(i))], new Uint8Array(10000).fill(i))
    } catch (error) {
      console.log(error.name, error.code, store.has(rowKey('19')), store.has(rowKey('20')))
    }
    store.close()`
  // 400 blocks of 512 bytes: 20 rows and a half
  const limited = ['-c', 'ulimit -f 400; exec "$0" --input-type=module -e "$1"', process.execPath, script]
  const { stdout, stderr } = spawnSync('sh', limited, { encoding: 'utf8' })
  assert.equal(stdout, 'UserError storage true false\n', stderr)
  const store = openRowStore(folder, { rowBytes: 10000, description: 'large' })
  const row = new Uint8Array(10000)
  assert.ok(store.readRow(rowKey('19'), row))
  assert.deepEqual(row, new Uint8Array(10000).fill(19))
  store.close()
  return undefined
})

test('RowStore refuses keys and rows of the wrong length', context => {
  const store = open(context, temporaryFolder(context))
  assert.throws(() => store.has('abc'), RangeError)
  assert.throws(() => store.append([keys[0]!], new Uint8Array(99)), RangeError)
})
