import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type DecodePool, decodePool } from '../../src/pipeline/decode-pool.ts'
import { decodeSource, type Picture } from '../../src/pipeline/decode-source.ts'
import { type KeyedSource, openPixelStore, pixelCache } from '../../src/pipeline/pixel-cache.ts'
import type { RowStore } from '../../src/pipeline/row-store.ts'
import { encode, noisyImage, temporaryFolder } from './pictures.ts'

const preprocessing = { size: 6, fit: 'squash', background: [255, 255, 255] } as const
const rowBytes = 6 * 6 * 3

/** A pool that counts the sources that it decodes. */
function countingPool(context: TestContext): { pool: DecodePool; decoded: () => number } {
  const inner = decodePool({ preprocessing, workers: 1 })
  context.after(() => inner.close())
  let count = 0
  function* counted(sources: Iterable<Picture>): Generator<Picture> {
    for (const source of sources) {
      count++
      yield source
    }
  }
  const pool: DecodePool = { ...inner, decode: (sources, signal) => inner.decode(counted(sources), signal) }
  return { pool, decoded: () => count }
}

/** Pictures in files; every tenth is no image, and every seventh has no key. */
async function examples(context: TestContext, count: number): Promise<KeyedSource[]> {
  const folder = temporaryFolder(context)
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const path = join(folder, `${i}.png`)
      writeFileSync(
        path,
        i % 10 === 9
          ? 'text'
          : await encode(noisyImage(3 + (i % 30), 5))
              .png()
              .toBuffer(),
      )
      return { source: { type: 'file', path } as const, key: i % 7 === 6 ? null : `key ${i}` }
    }),
  )
}

/** Reads everything, checks order and pixels, and returns the messages of the failures by index. */
async function readAll(
  items: readonly KeyedSource[],
  pool: DecodePool,
  store: RowStore,
): Promise<Map<number, string>> {
  const failures = new Map<number, string>()
  let next = 0
  for await (const chunk of pixelCache(items, { pool, store })) {
    for (const { index, error } of chunk.failures) failures.set(index, `${error.message} (${error.hint})`)
    for (const [place, index] of chunk.indices.entries()) {
      const expected = new Uint8Array(rowBytes)
      await decodeSource(items[index]!.source, preprocessing, {}, expected)
      assert.deepEqual(chunk.pixels.subarray(place * rowBytes, (place + 1) * rowBytes), expected)
    }
    const own = [...chunk.indices, ...chunk.failures.map(({ index }) => index)].sort((a, b) => a - b)
    assert.deepEqual(
      own,
      Array.from({ length: own.length }, (_, i) => next + i),
    )
    next += own.length
  }
  assert.equal(next, items.length)
  return failures
}

test('pixelCache() decodes what is not stored, and gives the same from the store', async context => {
  const items = await examples(context, 200)
  const root = temporaryFolder(context)
  const { pool, decoded } = countingPool(context)
  const store = openPixelStore(root, preprocessing)
  const failures = await readAll(items, pool, store)
  store.close()
  assert.equal(decoded(), 200)
  assert.deepEqual(
    [...failures.keys()],
    [...items.keys()].filter(i => i % 10 === 9),
  )
  const again = openPixelStore(root, preprocessing)
  assert.deepEqual(await readAll(items, pool, again), failures)
  again.close()
  assert.equal(decoded(), 200 + items.filter(({ key }) => key === null).length)
})

test('pixelCache() mixes stored and new sources in order', async context => {
  const items = await examples(context, 300)
  const { pool, decoded } = countingPool(context)
  const store = openPixelStore(temporaryFolder(context), preprocessing)
  await readAll(
    items.filter((_, i) => i % 3 === 0 || (i > 100 && i < 200)),
    pool,
    store,
  )
  const before = decoded()
  await readAll(items, pool, store)
  assert.ok(decoded() - before < 200)
  store.close()
})

test('pixelCache() tries a file again once its content has changed', async context => {
  const items = await examples(context, 10)
  const { pool } = countingPool(context)
  const store = openPixelStore(temporaryFolder(context), preprocessing)
  assert.equal((await readAll(items, pool, store)).size, 1)
  const mended = items[9]!
  assert.ok(mended.source.type === 'file')
  writeFileSync(mended.source.path, await encode(noisyImage(9, 9)).png().toBuffer())
  assert.equal(
    (await readAll([...items.slice(0, 9), { ...mended, key: 'new content' }], pool, store)).size,
    0,
  )
  store.close()
})

test('pixelCache() names the file at hand when a reason is remembered', async context => {
  const folder = temporaryFolder(context)
  const items = ['one.jpg', 'two.jpg'].map(name => {
    writeFileSync(join(folder, name), 'text')
    return { source: { type: 'file', path: join(folder, name) } as const, key: 'same content' }
  })
  const { pool } = countingPool(context)
  const store = openPixelStore(temporaryFolder(context), preprocessing)
  await readAll(items.slice(0, 1), pool, store)
  const failures = await readAll(items, pool, store)
  assert.match(failures.get(0)!, /one\.jpg/)
  assert.match(failures.get(1)!, /two\.jpg" as an image: it holds text/)
  store.close()
})

test('pixelCache() does not remember a file that was absent', async context => {
  const folder = temporaryFolder(context)
  const items: KeyedSource[] = [{ source: { type: 'file', path: join(folder, 'late.png') }, key: 'late' }]
  const { pool } = countingPool(context)
  const store = openPixelStore(temporaryFolder(context), preprocessing)
  assert.equal((await readAll(items, pool, store)).size, 1)
  writeFileSync(join(folder, 'late.png'), await encode(noisyImage(5, 5)).png().toBuffer())
  assert.equal((await readAll(items, pool, store)).size, 0)
  store.close()
})

test('pixelCache() decodes damaged rows again and mends the store', async context => {
  const items = (await examples(context, 60)).filter(({ key }) => key !== null)
  const root = temporaryFolder(context)
  const { pool, decoded } = countingPool(context)
  const first = openPixelStore(root, preprocessing)
  await readAll(items, pool, first)
  first.close()
  const path = join(first.folder, 'rows.bin')
  const bytes = readFileSync(path)
  for (const row of [0, 1, 20]) bytes[64 + row * rowBytes + 3]! ^= 1
  writeFileSync(path, bytes)
  const [before, damaged] = [decoded(), openPixelStore(root, preprocessing)]
  await readAll(items, pool, damaged)
  assert.equal(decoded(), before + 3)
  damaged.close()
  const mended = openPixelStore(root, preprocessing)
  await readAll(items, pool, mended)
  assert.equal(decoded(), before + 3)
  mended.close()
})

test('openPixelStore() keeps stores of different preprocessing apart', context => {
  const root = temporaryFolder(context)
  const stores = [
    preprocessing,
    { ...preprocessing, size: 7 },
    { ...preprocessing, fit: 'pad' as const },
    { ...preprocessing, background: [0, 0, 0] as const },
  ].map(each => openPixelStore(root, each))
  assert.equal(new Set(stores.map(({ folder }) => folder)).size, 4)
  for (const store of stores) store.close()
})
