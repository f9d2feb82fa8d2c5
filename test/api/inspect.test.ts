import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { type Inspection, inspect } from '../../src/api/inspect.ts'
import { freeFolder, writeInspection } from '../../src/api/inspection-files.ts'
import { train } from '../../src/api/train.ts'
import type { Finding } from '../../src/inspect/types.ts'
import type { TrainEvent } from '../../src/train/types.ts'
import type { UserError } from '../../src/util/errors.ts'
import { randomOf } from '../../src/util/random.ts'
import { assertAccessible, openBrowser, openPage, views } from '../page/browser.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-inspect-'))
const data = join(root, 'data')
const cache = join(root, 'cache')
/** A class and a file whose names are markup. */
const odd = '<img src=x onerror=alert(1)>'
const small = { size: 32, weights: 'random', alpha: 0.1, threads: 1, cache } as const
let found: Inspection

before(async () => {
  for (const [label, name] of ['cold', odd].entries()) {
    mkdirSync(join(data, name), { recursive: true })
    for (let at = 0; at < 12; at++) writeFileSync(join(data, name, `${at}.png`), await picture(label, at))
  }
  const original = await picture(0, 0)
  writeFileSync(join(data, 'cold', 'copy.png'), original)
  writeFileSync(join(data, odd, 'other label.png'), original)
  writeFileSync(
    join(data, odd, '<b>mirror.jpg'),
    await sharp(await picture(1, 3))
      .flop()
      .jpeg({ quality: 95 })
      .toBuffer(),
  )
  writeFileSync(join(data, 'cold', 'misnamed.jpg'), await picture(0, 40))
  writeFileSync(join(data, 'cold', 'page.jpg'), '<!doctype html><title>404</title>')
  writeFileSync(join(data, 'cold', 'blank.png'), await plain())
  found = await inspect(data, small)
})
after(() => rmSync(root, { recursive: true, force: true }))

/** Soft blobs that the seed draws, in the colours of the label. */
async function picture(label: number, at: number): Promise<Buffer> {
  const random = randomOf(1, 'blobs', label, at)
  const blobs = Array.from(
    { length: 5 },
    () => [random.next() * 64, random.next() * 64, 60 + 120 * random.next()] as const,
  )
  const pixels = Uint8Array.from({ length: 64 * 64 * 3 }, (_, index) => {
    const [x, y] = [Math.floor(index / 3) % 64, Math.floor(index / 192)]
    const light = blobs.reduce(
      (sum, [cx, cy, level]) => sum + level * Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 150),
      20,
    )
    return Math.min(255, light * (index % 3 === (label === 0 ? 2 : 0) ? 1 : 0.7))
  })
  return sharp(pixels, { raw: { width: 64, height: 64, channels: 3 } })
    .png()
    .toBuffer()
}

function plain(): Promise<Buffer> {
  return sharp({ create: { width: 64, height: 64, channels: 3, background: '#557' } })
    .png()
    .toBuffer()
}

const idsOf = (kind: Finding['finding']): (string | null)[] =>
  found.findings.filter(({ finding }) => finding === kind).map(({ id }) => id)

test('inspect() finds what was planted, and nothing else of these kinds', () => {
  assert.deepEqual(idsOf('unreadable'), ['cold/page.jpg'])
  assert.deepEqual(idsOf('misnamed'), ['cold/misnamed.jpg'])
  assert.deepEqual(idsOf('blank'), ['cold/blank.png'])
  assert.deepEqual(idsOf('conflicting-labels'), ['cold/0.png', 'cold/copy.png'])
  assert.equal(idsOf('near-duplicate').length, 1)
  assert.deepEqual(idsOf('class-imbalance'), [null, null], 'both classes have fewer than 20 examples')
  assert.equal(found.unreadable, 1)
  assert.equal(found.ranking.length, 24 + 5)
})

test('inspect() finds the same again, from the cache', async () => {
  const { findings, ranking } = await inspect(data, small)
  assert.deepEqual({ findings, ranking }, { findings: found.findings, ranking: found.ranking })
})

test('inspect() leaves images without labels unlabelled, and stops when asked', async () => {
  const { agreement, findings } = await inspect(join(data, 'cold'), small)
  assert.equal(agreement, null)
  assert.ok(findings.every(({ label }) => label === null))
  const reason = new Error('stop')
  await assert.rejects(
    inspect(data, { ...small, signal: AbortSignal.abort(reason) }),
    (error: UserError) => error.code === 'aborted' && error.cause === reason,
  )
})

test('train() leaves out what the findings exclude, and has copies on one side of the split', async () => {
  const { findings: exclude } = await writeInspection(found, join(root, 'for-training'))
  const request = {
    ...small,
    size: 32,
    exclude,
    validation: 0.3,
    epochs: 1,
    fineTuneAt: 'none',
    run: join(root, 'run'),
  }
  const events: TrainEvent[] = []
  for await (const event of train(data, request)) events.push(event)
  const notes = events.flatMap(event => (event.event === 'note' ? [event.message] : []))
  assert.ok(
    notes.some(note => /^Left out 2 examples that /.test(note)),
    notes.join('\n'),
  )
  assert.ok(notes.includes('Copies are kept on one side of the split'), notes.join('\n'))
  const record = JSON.parse(readFileSync(join(root, 'run', 'run.json'), 'utf8'))
  const held = new Set(record.data.validation)
  for (const [one, other] of [[`${odd}/<b>mirror.jpg`, `${odd}/3.png`]])
    assert.equal(held.has(one), held.has(other))
})

test('freeFolder() never gives a folder that holds an inspection', async () => {
  const folder = join(root, 'kept')
  assert.equal(freeFolder(folder, 'data'), folder)
  await writeInspection(found, folder)
  assert.throws(() => freeFolder(folder, 'data'), { code: 'usage', message: /holds an inspection already/ })
})

test('the page of an inspection is accessible in light, dark and on a phone, and shows markup as text', async context => {
  const browser = await openBrowser(context)
  if (browser === undefined) return
  const { page: file } = await writeInspection(found, join(root, 'page'))
  for (const view of Object.values(views)) {
    const { page, errors } = await openPage(browser, pathToFileURL(file).href, view)
    await assertAccessible(page)
    assert.deepEqual(errors, [])
    assert.ok((await page.textContent('main'))!.includes(`${odd}/<b>mirror.jpg`))
    assert.equal(await page.locator('img[onerror]').count(), 0)
  }
})
