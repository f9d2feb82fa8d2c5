/** The example of a page of one's own: built as its README says, and asked in Chromium. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { buildBundle } from '../../src/bundle/build.ts'
import { load } from '../../src/bundle/classifier.ts'
import { tinyParts } from '../bundle/made.ts'
import { openBrowser, openPage } from '../page/browser.ts'
import { encode, smoothImage } from '../pipeline/pictures.ts'
import { serveFolders } from '../web/static-server.ts'

/** The example with its packages installed; Graft is this build. */
function install(root: string): string {
  const example = join(root, 'example')
  cpSync('examples/browser', example, { recursive: true })
  const packages = join(example, 'node_modules')
  mkdirSync(join(packages, 'graft'), { recursive: true })
  for (const name of ['onnxruntime-web', 'esbuild', 'pbf', 'zod'])
    symlinkSync(resolve('node_modules', name), join(packages, name))
  cpSync('package.json', join(packages, 'graft/package.json'))
  symlinkSync(fileURLToPath(new URL('../../', import.meta.url)), join(packages, 'graft/dist'))
  return example
}

test('the browser example builds, answers as Node does, and says what is no picture', async context => {
  const browser = await openBrowser(context)
  if (!browser) return
  const root = mkdtempSync(join(tmpdir(), 'graft-example-'))
  context.after(() => rmSync(root, { recursive: true }))
  const site = join(root, 'site')
  const { status, stderr } = spawnSync(process.execPath, [join(install(root), 'build.mjs'), site], {
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
  const bytes = buildBundle(tinyParts())
  writeFileSync(join(site, 'model.onnx'), bytes)
  const picture = await encode(smoothImage(60, 40)).png().toBuffer()
  const classifier = await load(bytes)
  const [best] = await classifier.classify(picture)
  await classifier.close()

  const server = await serveFolders([site])
  context.after(() => server.close())
  const { page, errors } = await openPage(browser, server.url)
  await page.getByText('Ready: ant, bee, cactus, by wasm').waitFor()
  await page.setInputFiles('#picture', { name: 'a.png', mimeType: 'image/png', buffer: picture })
  await page.getByText(`${best!.label}, ${(best!.score * 100).toFixed(1)}%`).waitFor()
  const painted = `document.querySelector('canvas').getContext('2d').getImageData(0, 0, 1, 1).data[3] > 0`
  assert.ok(await page.evaluate<boolean>(painted), 'no heat map was drawn')
  await page.setInputFiles('#picture', {
    name: 'a.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('words'),
  })
  await page.getByText('Cannot read "a.txt" as an image: it holds text').waitFor()
  assert.deepEqual(errors, [])
})
