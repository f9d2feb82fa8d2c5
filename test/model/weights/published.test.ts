import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fetchPublished, weightsCache } from '../../../src/model/weights/published.ts'
import { type PublishedWeights, published, publishedFor } from '../../../src/model/weights/registry.ts'
import { type Answer, file, serve } from './server.ts'
import { fixtureBytes, temporaryFolder, userError } from './support.ts'

const content = fixtureBytes('tiny.h5')
const other = fixtureBytes('keras2.h5')
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** An entry of the registry on a server of this machine, and an empty cache. */
async function entryOf(
  t: TestContext,
  ...answers: Answer[]
): Promise<{ entry: PublishedWeights; folder: string; path: string }> {
  const { url } = await serve(t, ...answers)
  const entry: PublishedWeights = { ...publishedFor(0.35, 96), url }
  const folder = temporaryFolder(t)
  return { entry, folder, path: join(folder, entry.fileName) }
}

test('fetchPublished() pins the first copy of a file without a checksum, then finds it in the cache', async t => {
  const { entry, folder, path } = await entryOf(t, file(content))
  const first = await fetchPublished(entry, { folder })
  assert.deepEqual([first.how, first.sha256, first.weights.format], ['pinned', hashOf(content), 'keras-h5'])
  assert.equal(readFileSync(`${path}.sha256`, 'utf8'), `${hashOf(content)}  ${entry.fileName}\n`)
  assert.equal((await fetchPublished(entry, { folder })).how, 'cached')
})

test('fetchPublished() refuses another file under a pinned name, also after the first was removed', async t => {
  const { entry, folder, path } = await entryOf(t, file(content), file(other))
  await fetchPublished(entry, { folder })
  rmSync(path)
  await assert.rejects(fetchPublished(entry, { folder }), userError('network', /is not the expected file/))
})

test('fetchPublished() downloads again what was damaged in the cache', async t => {
  const { entry, folder, path } = await entryOf(t, file(content))
  await fetchPublished(entry, { folder })
  writeFileSync(path, content.slice(0, 1000))
  assert.equal((await fetchPublished(entry, { folder })).how, 'checked')
  assert.deepEqual(new Uint8Array(readFileSync(path)), content)
})

test('fetchPublished() pins nothing that cannot be read as weights, and removes it', async t => {
  const { entry, folder, path } = await entryOf(t, file(new Uint8Array(5000).fill(65)))
  await assert.rejects(fetchPublished(entry, { folder }), userError('weights', /no known format/))
  assert.ok(!existsSync(path) && !existsSync(`${path}.sha256`))
})

test('fetchPublished() goes by the published checksum where there is one', async t => {
  const { entry, folder, path } = await entryOf(t, file(content))
  const first = await fetchPublished({ ...entry, sha256: hashOf(content), bytes: content.length }, { folder })
  assert.equal(first.how, 'checked')
  assert.ok(!existsSync(`${path}.sha256`))
})

test('fetchPublished() takes a file that was put into the cache by hand', async t => {
  const { entry, folder, path } = await entryOf(t, (_request, response) => response.writeHead(500).end())
  writeFileSync(path, content)
  assert.equal((await fetchPublished(entry, { folder })).how, 'pinned')
})

test('the registry lists the 22 files of Keras, each at one address', () => {
  assert.equal(published.length, 22)
  assert.equal(new Set(published.map(({ url }) => url)).size, 22)
  const address =
    'https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels'
  assert.equal(publishedFor(1, 224).url, `${address}_1.0_224_no_top.h5`)
  assert.equal(publishedFor(0.35, 96).url, `${address}_0.35_96_no_top.h5`)
  assert.equal(publishedFor(0.5, 160).url, `${address}_0.5_160_no_top.h5`)
})

test('publishedFor() takes the nearest size, the larger of two', () => {
  assert.equal(publishedFor(1, 64).size, 96)
  assert.equal(publishedFor(1, 112).size, 128)
  assert.equal(publishedFor(1, 300).size, 224)
  assert.equal(publishedFor(1.4, 96).size, 224)
  assert.throws(() => publishedFor(0.4, 96), userError('weights', /alpha 0.4 \| choose one of 0.35, 0.5/))
})

test('weightsCache() follows each platform', () => {
  assert.equal(
    weightsCache({ GRAFT_CACHE: '/c', XDG_CACHE_HOME: '/x' }, 'linux', '/home/a'),
    join('/c', 'weights'),
  )
  assert.equal(weightsCache({ XDG_CACHE_HOME: '/x' }, 'linux', '/home/a'), join('/x', 'graft', 'weights'))
  assert.equal(weightsCache({}, 'linux', '/home/a'), join('/home/a', '.cache', 'graft', 'weights'))
  assert.equal(
    weightsCache({}, 'darwin', '/Users/a'),
    join('/Users/a', 'Library', 'Caches', 'graft', 'weights'),
  )
  assert.equal(weightsCache({ LOCALAPPDATA: 'L' }, 'win32', 'H'), join('L', 'graft', 'weights'))
})
