// Builds the library, its tests, benches and examples from nothing, so no stale file is ever run:
//   node scripts/build.mjs [FOLDER]     (default: dist)
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = resolve(process.argv[2] ?? `${root}dist`)
rmSync(out, { recursive: true, force: true })
const tsc = `${root}node_modules/typescript/bin/tsc`
for (const project of ['tsconfig.json', 'tsconfig.web.json']) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', project, '--outDir', out], {
    stdio: 'inherit',
    cwd: root,
  })
  if (status !== 0) process.exit(status ?? 1)
}
await bundle(`${out}/src/report/chart.js`, { platform: 'node', target: 'node20' })
const pages = pagesOf(`${out}/src/web`).map(name => `${out}/src/web/${name}`)
for (const file of pages) await bundle(file, { platform: 'browser', target: 'es2022' })
copyEngine(`${out}/src/web/ort`)
const binary = `${out}/src/cli/main.js`
if (existsSync(binary)) chmodSync(binary, 0o755)

/** Puts the packages that a built file imports into the file itself, so that users need not install them. */
async function bundle(file, { platform, target }) {
  const { metafile } = await build({
    entryPoints: [file],
    outfile: file,
    allowOverwrite: true,
    bundle: true,
    minify: true,
    platform,
    format: 'esm',
    target,
    nodePaths: [`${root}node_modules`],
    absWorkingDir: root,
    metafile: true,
    logLevel: 'warning',
  })
  rmSync(`${file}.map`)
  writeFileSync(file.replace(/\.js$/, '.licences.txt'), licencesOf(metafile.outputs))
}

/** The licence texts of the packages of which something was kept, as these demand of who copies them. */
function licencesOf(outputs) {
  const inputs = Object.values(outputs).flatMap(output => Object.entries(output.inputs))
  const kept = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path)
  const folders = kept.flatMap(path => path.match(/^.*node_modules\/(@[^/]+\/)?[^/]+/)?.[0] ?? [])
  return [...new Set(folders)]
    .sort()
    .map(licenceOf)
    .join(`\n${'-'.repeat(80)}\n\n`)
}

function licenceOf(folder) {
  const file = readdirSync(`${root}${folder}`).find(name => /^licen[cs]e/i.test(name))
  if (file === undefined) throw new Error(`${folder} is to be bundled and has no licence file`)
  return `${folder.slice('node_modules/'.length)}\n\n${readFileSync(`${root}${folder}/${file}`, 'utf8').trim()}\n`
}

/** The programs of pages among the built files. */
function pagesOf(folder) {
  return existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.page.js')) : []
}

/**
 * The engine of exported pages: its build for processors, and the smaller of the two that know WebGPU, which needs
 * JavaScript promise integration (Chrome 137 and later).
 */
function copyEngine(folder) {
  mkdirSync(folder, { recursive: true })
  const engine = 'ort-wasm-simd-threaded'
  const processor = ['ort.wasm.min.mjs', `${engine}.mjs`, `${engine}.wasm`]
  const graphics = ['ort.jspi.min.mjs', `${engine}.jspi.mjs`, `${engine}.jspi.wasm`]
  for (const name of [...processor, ...graphics])
    copyFileSync(`${root}node_modules/onnxruntime-web/dist/${name}`, `${folder}/${name}`)
  copyFileSync(`${root}scripts/onnxruntime-licence.txt`, `${folder}/LICENCE.txt`)
}
