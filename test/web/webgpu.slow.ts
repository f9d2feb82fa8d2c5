/** An exported page on WebGPU, which Chromium emulates on the processor: slow, and the same answers. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildBundle } from '../../src/bundle/build.ts'
import { load } from '../../src/bundle/classifier.ts'
import { loadBundle } from '../../src/bundle/load-bundle.ts'
import { writeExport } from '../../src/export/folder.ts'
import { webFiles } from '../../src/export/web.ts'
import { tinyParts } from '../bundle/made.ts'
import { openBrowser, openPage } from '../page/browser.ts'
import { encode, smoothImage } from '../pipeline/pictures.ts'
import { serveFolders } from './static-server.ts'

const emulation = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
]
/** Milliseconds; an emulated card compiles its programs slowly. */
const patience = 120_000

test('the exported page on WebGPU answers as Node does, and does not choose an emulated card by itself', async context => {
  const browser = await openBrowser(context, emulation)
  if (!browser) return
  const root = mkdtempSync(join(tmpdir(), 'graft-webgpu-'))
  context.after(() => rmSync(root, { recursive: true }))
  const bytes = buildBundle(tinyParts())
  await writeExport(join(root, 'site'), webFiles(loadBundle(bytes), bytes, 'tiny'), async () => ({}))
  const picture = join(root, 'picture.png')
  writeFileSync(picture, await encode(smoothImage(60, 40)).png().toBuffer())
  const classifier = await load(bytes)
  const [best] = await classifier.classify(picture)
  await classifier.close()

  const server = await serveFolders([join(root, 'site')])
  context.after(() => server.close())
  const { page } = await openPage(browser, `${server.url}?device=webgpu`)
  const engine = page.locator('#engine')
  await page.getByText(/^Ready: |^Cannot run/).waitFor({ timeout: patience })
  const said = (await engine.textContent())!
  if (said.startsWith('Cannot run')) return context.skip(said)
  assert.equal(said, 'Ready: WebGPU computes, on the graphics card.')
  await page.setInputFiles('#files', picture)
  const first = page.locator('.scores li').first()
  await first.waitFor({ timeout: patience })
  assert.ok((await first.textContent())!.startsWith(`${best!.label}${(best!.score * 100).toFixed(1)}%`))

  const { page: careful } = await openPage(browser, server.url)
  await careful
    .getByText('WebAssembly computes, since WebGPU is only emulated')
    .waitFor({ timeout: patience })
})
