import assert from 'node:assert/strict'
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { test } from 'node:test'
import { cacheRoot, pruneCache, readyCache } from '../../src/pipeline/cache-root.ts'
import { openRowStore } from '../../src/pipeline/row-store.ts'
import { temporaryFolder } from './pictures.ts'

test('cacheRoot() never lies in the current folder, also where HOME is empty', () => {
  const { HOME } = process.env
  try {
    process.env['HOME'] = ''
    assert.ok(isAbsolute(cacheRoot({}, 'linux')))
  } finally {
    if (HOME === undefined) delete process.env['HOME']
    else process.env['HOME'] = HOME
  }
})

test('cacheRoot() is GRAFT_CACHE, else the place that the platform names', () => {
  const home = join('home', 'ann')
  assert.equal(cacheRoot({ GRAFT_CACHE: '/big/disk', XDG_CACHE_HOME: '/xdg' }, 'linux', home), '/big/disk')
  assert.equal(cacheRoot({ XDG_CACHE_HOME: '/xdg' }, 'linux', home), join('/xdg', 'graft'))
  assert.equal(cacheRoot({ XDG_CACHE_HOME: 'relative' }, 'linux', home), join(home, '.cache', 'graft'))
  assert.equal(cacheRoot({}, 'linux', home), join(home, '.cache', 'graft'))
  assert.equal(cacheRoot({}, 'darwin', home), join(home, 'Library', 'Caches', 'graft'))
  assert.equal(cacheRoot({ LOCALAPPDATA: 'local' }, 'win32', home), join('local', 'graft'))
  assert.equal(cacheRoot({}, 'win32', home), join(home, 'AppData', 'Local', 'graft'))
})

test('readyCache() makes the folder, and names what chooses another where it cannot', context => {
  const root = temporaryFolder(context)
  const cache = join(root, 'of', 'mine')
  assert.equal(readyCache(cache, {}), cache)
  assert.ok(existsSync(cache))
  assert.equal(readyCache(undefined, { GRAFT_CACHE: cache }), cache)
  const file = join(root, 'file')
  writeFileSync(file, '')
  assert.throws(() => readyCache(join(file, 'cache'), {}), {
    code: 'storage',
    message: /^Cannot write to the cache ".*": (ENOTDIR|EEXIST)/,
    hint: /--cache, or in the variable GRAFT_CACHE/,
  })
})

const now = 1_700_000_000_000
const day = 86_400_000

/** A folder that looks like a store of 1000 bytes, last used some days ago. */
function makeStore(root: string, name: string, days: number): void {
  const folder = join(root, name)
  mkdirSync(folder, { recursive: true })
  const used = (now - days * day) / 1000
  for (const [file, bytes] of [
    ['rows.bin', 900],
    ['index.bin', 100],
  ] as const) {
    writeFileSync(join(folder, file), new Uint8Array(bytes))
    utimesSync(join(folder, file), used, used)
  }
}

test('pruneCache() removes the longest unused stores until the others fit', context => {
  const root = temporaryFolder(context)
  makeStore(root, 'pixels/old', 30)
  makeStore(root, 'features/older', 40)
  makeStore(root, 'pixels/new', 1)
  assert.deepEqual(pruneCache(root, 3000, now), [])
  assert.deepEqual(pruneCache(root, 1500, now), [join(root, 'features/older'), join(root, 'pixels/old')])
  assert.deepEqual(
    ['pixels/new', 'pixels/old', 'features/older'].map(name => existsSync(join(root, name))),
    [true, false, false],
  )
})

test('pruneCache() leaves stores that are open, were just used, or are no stores', context => {
  const root = temporaryFolder(context)
  makeStore(root, 'recent', 0.01)
  mkdirSync(join(root, 'weights'))
  writeFileSync(join(root, 'weights', 'model.onnx'), new Uint8Array(5000))
  const store = openRowStore(join(root, 'open'), { rowBytes: 10, description: '' }, now - 50 * day)
  assert.deepEqual(pruneCache(root, 0, now), [])
  store.close()
  assert.ok(existsSync(join(root, 'weights', 'model.onnx')))
})

test('pruneCache() of a folder that is not there removes nothing', context => {
  assert.deepEqual(pruneCache(join(temporaryFolder(context), 'none'), 0, now), [])
})
