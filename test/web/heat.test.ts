/** What the network looked at, in Chromium: the exported page shows what the server's page shows. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { buildBundle } from '../../src/bundle/build.ts'
import { heatPixels } from '../../src/bundle/heat-colour.ts'
import { heatMaps } from '../../src/bundle/heat-maps.ts'
import { loadBundle } from '../../src/bundle/load-bundle.ts'
import { writeExport } from '../../src/export/folder.ts'
import { webFiles } from '../../src/export/web.ts'
import { serve } from '../../src/serve/server.ts'
import { realParts, tinyParts } from '../bundle/made.ts'
import { openBrowser, openPage } from '../page/browser.ts'
import { encode, smoothImage } from '../pipeline/pictures.ts'
import { serveFolders } from './static-server.ts'

const photograph = '../shared/data/hymenoptera/val/bees/1032546534_06907fe3b3.jpg'
const preprocessing = { size: 96, fit: 'squash', background: [255, 255, 255] } as const
/** Levels of 255: the server writes three digits of each number, and canvases multiply colours by their alpha. */
const tolerance = 2

interface Site {
  readonly url: string
  readonly served: string
}

/** The same bundle behind an exported page and behind a server. */
async function sites(context: TestContext, bytes: Uint8Array): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'graft-heat-'))
  context.after(() => rmSync(folder, { recursive: true }))
  await writeExport(join(folder, 'site'), webFiles(loadBundle(bytes), bytes, 'made'), async () => ({}))
  const [site, server] = [await serveFolders([join(folder, 'site')]), await serve(bytes, { port: 0 })]
  context.after(() => Promise.all([site.close(), server.close()]))
  return { url: site.url, served: server.url }
}

/** The colours of the heat map over a picture, each times its alpha, and the alpha: RGBA, row by row. */
async function heatOf(page: Page, picture: Buffer): Promise<number[]> {
  await page.setInputFiles('#files', [{ name: 'picture', mimeType: 'image/jpeg', buffer: picture }])
  await page.check('#where')
  await page.locator('canvas.heat').waitFor()
  const colours = await page.evaluate<number[]>(`(() => {
    const canvas = document.querySelector('canvas.heat')
    return [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]
  })()`)
  return multiplied(colours)
}

function multiplied(rgba: ArrayLike<number>): number[] {
  return Array.from(rgba, (value, at) => (at % 4 === 3 ? value : (value * rgba[at - (at % 4) + 3]!) / 255))
}

function assertNear(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length)
  for (const [at, value] of expected.entries())
    assert.ok(Math.abs(actual[at]! - value) <= tolerance, `${at}: ${actual[at]}, not ${value}`)
}

async function assertSame(context: TestContext, bytes: Uint8Array, picture: Buffer): Promise<void> {
  const browser = await openBrowser(context)
  if (browser === undefined) return
  const { url, served } = await sites(context, bytes)
  const [own, other] = [await openPage(browser, url), await openPage(browser, served)]
  const found = await heatOf(own.page, picture)
  assertNear(found, await heatOf(other.page, picture))
  const [expected] = await heatMaps(bytes, [new Uint8Array(picture)])
  assertNear(found, multiplied(heatPixels(expected!.heat)))
  assert.ok(new Set(found).size > 4, 'the heat map is the same everywhere')
  assert.deepEqual([own.errors, other.errors], [[], []])
}

test('the exported page shows the heat map of the server and of Node for a made picture', async context => {
  const picture = await encode(smoothImage(120, 80)).png().toBuffer()
  await assertSame(context, buildBundle(tinyParts({ preprocessing })), picture)
})

test('the exported page shows the heat map of the server and of Node for a photograph', async context => {
  const parts = await realParts(context, 224)
  if (parts === undefined) return
  if (!existsSync(photograph)) return context.skip(`no ${photograph}`)
  await assertSame(context, buildBundle(parts), readFileSync(photograph))
})

test('the exported page of a network that cannot be explained offers no heat map', async () => {
  const bundle = loadBundle(buildBundle(tinyParts({ preprocessing })))
  const page = (graph: typeof bundle.graph): string =>
    String(webFiles({ ...bundle, graph }, new Uint8Array(), 'made').get('index.html'))
  const nodes = bundle.graph.nodes.filter(({ op }) => op !== 'GlobalAveragePool')
  assert.match(page(bundle.graph), /<label class="switch">/)
  assert.match(page({ ...bundle.graph, nodes }), /<label class="switch" hidden>/)
})
