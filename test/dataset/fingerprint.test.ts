import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readDataset } from '../../src/dataset/dataset.ts'
import { datasetFingerprint, type FileRecords, fingerprintSources } from '../../src/dataset/fingerprint.ts'
import { loadFileRecords, saveFileRecords } from '../../src/dataset/records.ts'
import type { Dataset } from '../../src/dataset/types.ts'
import { madeFolder, pathsOnly, zipOf } from './made.ts'

/** Long after the files were made, so that their records may be trusted. */
const later = (): number => Date.now() + 60_000
const sourcesOf = (dataset: Dataset) => dataset.examples.map(example => example.source)

test('fingerprintSources() keys a file by the SHA-256 of its content', async context => {
  const path = join(madeFolder(context, { 'a.jpg': 'abc' }), 'a.jpg')
  const keys = await fingerprintSources([{ type: 'file', path }], new Map())
  assert.deepEqual(keys, [`sha256:${createHash('sha256').update('abc').digest('hex')}`])
})

test('fingerprintSources() reads again only what has changed', async context => {
  const root = madeFolder(context, pathsOnly('a/1.jpg', 'b/2.jpg'))
  const path = join(root, 'a', '1.jpg')
  utimesSync(path, 1e9, 1e9)
  const sources = sourcesOf(await readDataset(root))
  const records: FileRecords = new Map()
  const keys = await fingerprintSources(sources, records, later)
  assert.equal(records.size, 2)
  for (const [name, record] of records) records.set(name, { ...record, key: `known ${record.key}` })
  const known = keys.map(key => `known ${key}`)
  assert.deepEqual(await fingerprintSources(sources, records, later), known)
  // Same size, and the time of modification put back: the time of the change gives it away.
  await new Promise(resolve => setTimeout(resolve, 20))
  writeFileSync(path, 'A/1.JPG')
  utimesSync(path, 1e9, 1e9)
  const [changed, unchanged] = await fingerprintSources(sources, records, later)
  assert.equal(changed, `sha256:${createHash('sha256').update('A/1.JPG').digest('hex')}`)
  assert.equal(unchanged, known[1])
})

test('fingerprintSources() does not trust the times of a file that has just changed', async context => {
  const path = join(madeFolder(context, { 'a.jpg': 'abc' }), 'a.jpg')
  const records: FileRecords = new Map()
  await fingerprintSources([{ type: 'file', path }], records)
  assert.equal(records.size, 0)
})

test('fingerprintSources() gives null for what cannot be read', async context => {
  const root = madeFolder(context, pathsOnly('a.jpg'))
  const sources = ['a.jpg', 'gone.jpg', '.'].map(name => ({ type: 'file' as const, path: join(root, name) }))
  const keys = await fingerprintSources(sources, new Map())
  assert.deepEqual(
    keys.map(key => key === null),
    [false, true, true],
  )
})

test('fingerprintSources() keys zip entries without reading them', async context => {
  const root = madeFolder(context, {
    'x.zip': zipOf({ ...pathsOnly('a/1.jpg', 'b/2.jpg'), 'b/3.jpg': 'a/1.jpg' }),
  })
  const sources = sourcesOf(await readDataset(join(root, 'x.zip')))
  rmSync(join(root, 'x.zip'))
  const [one, two, copy] = await fingerprintSources(sources, new Map())
  assert.match(one!, /^zip:[0-9a-f]{8}-7-\d+$/)
  assert.notEqual(one, two)
  assert.equal(one, copy)
})

test('datasetFingerprint() is one value for the same data and another for any change', async context => {
  const files = pathsOnly('a/1.jpg', 'a/2.jpg', 'b/3.jpg')
  const [here, there] = await Promise.all([files, files].map(made => readDataset(madeFolder(context, made))))
  const keys = await fingerprintSources(sourcesOf(here!), new Map())
  const print = datasetFingerprint(here!, keys)
  assert.match(print, /^[0-9a-f]{64}$/)
  assert.equal(datasetFingerprint(there!, await fingerprintSources(sourcesOf(there!), new Map())), print)
  assert.equal(
    datasetFingerprint({ ...here!, examples: [...here!.examples].reverse() }, [...keys].reverse()),
    print,
  )
  const [first, ...rest] = here!.examples
  const changes: readonly (readonly [Dataset, readonly (string | null)[]])[] = [
    [{ ...here!, classNames: ['a', 'c'] }, keys],
    [{ ...here!, examples: rest }, keys.slice(1)],
    [{ ...here!, examples: [{ ...first!, label: 1 }, ...rest] }, keys],
    [{ ...here!, examples: [{ ...first!, id: 'a/0.jpg' }, ...rest] }, keys],
    [{ ...here!, examples: [{ ...first!, split: 'test' }, ...rest] }, keys],
    [here!, ['sha256:00', ...keys.slice(1)]],
  ]
  const prints = changes.map(change => datasetFingerprint(...change))
  assert.equal(new Set([print, ...prints]).size, 7)
})

test('loadFileRecords() reads what saveFileRecords() wrote, and nothing from another file', context => {
  const root = madeFolder(context, {
    'damaged.json': '{"version":1,"files":[["a"',
    'other.json': '{"version":2,"files":[]}',
  })
  const records: FileRecords = new Map([
    ['/a\n.jpg', { size: 3, modified: 1.5, changed: 2.25, key: 'sha256:00' }],
  ])
  const path = join(root, 'cache', 'files.json')
  saveFileRecords(path, records)
  assert.deepEqual(loadFileRecords(path), records)
  assert.ok(readFileSync(path, 'utf8').length > 0)
  for (const name of ['damaged.json', 'other.json', 'absent.json'])
    assert.equal(loadFileRecords(join(root, name)).size, 0)
})
