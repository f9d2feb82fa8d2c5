// Bundles the page into site/, with the engine's WebAssembly file beside it: node build.mjs [SITE]
import { copyFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))
const site = process.argv[2] ?? join(here, 'site')
await build({
  entryPoints: [join(here, 'app.js')],
  outdir: site,
  bundle: true,
  splitting: true, // the engine's build for WebGPU is fetched only where there is WebGPU
  minify: true,
  format: 'esm',
  target: 'es2022',
})
copyFileSync(join(here, 'index.html'), join(site, 'index.html'))
const { resolve } = createRequire(import.meta.url)
for (const name of ['ort-wasm-simd-threaded.wasm', 'ort-wasm-simd-threaded.jspi.wasm'])
  copyFileSync(resolve(`onnxruntime-web/${name}`), join(site, name))
