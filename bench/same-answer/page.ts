/** Asking an exported page in Chromium, on WebAssembly, through the modules that the page is made of. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { exportRun } from '../../src/api/export.ts'
import { serveFolders } from '../../test/web/static-server.ts'
import type { Picture, Rows, Way } from './ways.ts'

export const exportedPage: Way = {
  name: 'exported page, Chromium',
  async ask({ run, pictures }) {
    const folder = mkdtempSync(join(tmpdir(), 'graft-same-answer-'))
    try {
      await exportRun(run, { to: 'web', out: join(folder, 'web'), images: 0 })
      await bundleModules(join(folder, 'web', 'modules.js'))
      return await askChromium(join(folder, 'web'), pictures)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

async function bundleModules(outfile: string): Promise<void> {
  const entry = fileURLToPath(new URL('../../src/web/browser.js', import.meta.url))
  await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', external: ['onnxruntime-web'] })
}

async function askChromium(folder: string, pictures: readonly Picture[]): Promise<Rows> {
  const server = await serveFolders([folder])
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium' })
  try {
    const page = await browser.newPage()
    await page.goto(server.url)
    await page.evaluate(openHere)
    const rows: number[][] = []
    for (const { path } of pictures)
      rows.push(
        await page.evaluate<number[]>(`ask(${JSON.stringify(readFileSync(path).toString('base64'))})`),
      )
    return rows
  } finally {
    await browser.close()
    await server.close()
  }
}

/** Runs in the page. */
const openHere = `(async () => {
  const { load, runtimeIn } = await import('./modules.js')
  const runtime = runtimeIn(new URL('ort/', document.baseURI))
  const classifier = await load('best.onnx', { runtime, device: 'wasm' })
  globalThis.ask = async text =>
    Array.from((await classifier.judge(Uint8Array.from(atob(text), letter => letter.charCodeAt(0)))).probabilities)
})()`
