/** An exported page in Chromium, from a plain static server and with no other host to be reached. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { buildBundle } from '../../src/bundle/build.ts'
import { type Classifier, load } from '../../src/bundle/classifier.ts'
import { loadBundle } from '../../src/bundle/load-bundle.ts'
import { writeExport } from '../../src/export/folder.ts'
import { webFiles } from '../../src/export/web.ts'
import { tinyParts } from '../bundle/made.ts'
import { assertAccessible, openBrowser, openPage, views } from '../page/browser.ts'
import { encode, smoothImage } from '../pipeline/pictures.ts'
import { type StaticServer, serveFolders } from './static-server.ts'

const classNames = ['ant', '<b>bee</b>', 'cactus']
const root = mkdtempSync(join(tmpdir(), 'graft-page-'))
const site = join(root, 'site')
const picture = join(root, 'smooth picture.png')
let server: StaticServer
let classifier: Classifier

before(async () => {
  const bytes = buildBundle(tinyParts({ classNames }))
  await writeExport(
    join(site, 'below'),
    webFiles(loadBundle(bytes), bytes, 'Insects & <i>plants</i>'),
    async () => ({}),
  )
  writeFileSync(picture, await encode(smoothImage(60, 40)).png().toBuffer())
  writeFileSync(join(root, 'text.png'), 'no picture')
  classifier = await load(bytes)
  server = await serveFolders([site])
})
after(async () => {
  await classifier.close()
  await server.close()
  rmSync(root, { recursive: true })
})

const isElsewhere = (url: string): boolean =>
  !url.startsWith(server.url) && !url.startsWith(`blob:${server.url}`) && !url.startsWith('data:')

type Check = (browser: Browser, context: TestContext) => Promise<void>

/** What is asked of the page, all in one browser. */
const criteria: [name: string, check: Check][] = []
const criterion = (name: string, check: Check): void => void criteria.push([name, check])

/** Waits for the classifier, and gives what the page says of it. */
async function ready(page: Page): Promise<string> {
  await page.getByText(/^Ready: /).waitFor()
  return (await page.locator('#engine').textContent())!
}

criterion('answers as Node does, says what computes, and asks no other host', async browser => {
  const { page, errors } = await openPage(browser, 'about:blank')
  const others: string[] = []
  page.on('request', request => void (isElsewhere(request.url()) && others.push(request.url())))
  await page.goto(`${server.url}below/`)
  assert.match(await ready(page), /^Ready: WebAssembly computes/)
  await page.setInputFiles('#files', picture)
  const answer = page.locator('.answer .scores li')
  await answer.first().waitFor()
  const lines = await answer.evaluateAll(items =>
    items.map(item => [...item.children].map(part => part.textContent)),
  )
  const expected = await classifier.classify(picture)
  assert.deepEqual(
    lines.map(([label, share]) => [label, Number.parseFloat(share!)]),
    expected.map(({ label, score }) => [label, Number((score * 100).toFixed(1))]),
  )
  assert.deepEqual(others, [])
  assert.deepEqual(errors, [])
})

criterion('shows labels, names and titles as text', async browser => {
  const { page } = await openPage(browser, `${server.url}below/`)
  await ready(page)
  await page.setInputFiles('#files', picture)
  await page.locator('.answer .scores').waitFor()
  assert.ok((await page.locator('body').textContent())!.includes('<b>bee</b>'))
  assert.equal(await page.locator('b, i').count(), 0)
})

criterion('has no fault that axe-core finds, at any width and by any light', async browser => {
  for (const view of Object.values(views)) {
    const { page, context: tab } = await openPage(browser, `${server.url}below/`, view)
    await ready(page)
    await page.setInputFiles('#files', picture)
    await page.locator('.answer .scores').waitFor()
    await assertAccessible(page)
    await tab.close()
  }
})

criterion('uses threads where the server isolates it', async (browser, context) => {
  const isolated = await serveFolders([site], {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  })
  context.after(() => isolated.close())
  const { page, errors } = await openPage(browser, `${isolated.url}below/`)
  assert.match(await ready(page), availableParallelism() > 1 ? /on \d threads/ : /WebAssembly computes/)
  await page.setInputFiles('#files', picture)
  await page.locator('.answer .scores').waitFor()
  assert.deepEqual(errors, [])
})

criterion('says what is wrong with a file that is no picture', async browser => {
  const { page } = await openPage(browser, `${server.url}below/`)
  await page.setInputFiles('#files', join(root, 'text.png'))
  await page.getByText('Cannot read "text.png" as an image: it holds text').first().waitFor()
})

criterion('says what is wrong with a bundle that is missing, altered or no bundle', async browser => {
  const bundle = readFileSync(join(site, 'below/best.onnx'))
  const altered = Buffer.from(bundle)
  altered[altered.length >> 1]! ^= 1
  const cases: [name: string, bytes: Uint8Array | null, said: RegExp][] = [
    ['missing', null, /Cannot fetch ".*best.onnx": the server answers 404/],
    ['altered', altered, /its content is not what was written into it/],
    ['other', Buffer.from('<!doctype html>'), /Cannot (use|read) ".*best.onnx"/],
  ]
  for (const [name, bytes, said] of cases) {
    const folder = join(root, name)
    mkdirSync(folder)
    if (bytes) writeFileSync(join(folder, 'best.onnx'), bytes)
    writeFileSync(join(folder, 'index.html'), readFileSync(join(site, 'below/index.html')))
    const damaged = await serveFolders([folder])
    const { page } = await openPage(browser, damaged.url)
    await page.getByText(said).waitFor()
    await damaged.close()
  }
})

test('the exported page', async context => {
  const browser = await openBrowser(context)
  if (!browser) return
  for (const [name, check] of criteria) await context.test(name, inner => check(browser, inner))
})

test('the exported page weighs less than 300 KB, compressed, before model and engine', () => {
  assert.ok(gzipSync(readFileSync(join(site, 'below/index.html'))).length < 300_000)
})
