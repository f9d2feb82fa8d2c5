/** 839 files that break programs, through the commands: each gets an answer or one clear message. */
import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'
import { buildBundle } from '../../src/bundle/build.ts'
import { tinyParts } from '../bundle/made.ts'
import { runHere } from '../cli/context.ts'
import { matchesGolden } from '../golden.ts'
import { data, needs, temporaryFolder, unpacked } from '../pipeline/pictures.ts'

const archive = `${data}/badfiles/badfiles.tar`
const mostMemory = 1e9

/** The files' paths below the archive's root. */
function pathsOfAll(): string[] {
  return Object.keys(JSON.parse(readFileSync(`${data}/badfiles/expected.json`, 'utf8'))).sort()
}

interface Answer {
  readonly file: string
  readonly label?: string
  readonly error?: string
}

const answersIn = (stdout: string): Answer[] =>
  stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Answer)

/** Our own words; of several things that a library finds at once, any may be the one that it names. */
function reasonOf(error: string): string {
  return error.replace(/^Cannot read ".*" as an image: /, '').replace(/(data cannot be decoded): .*/s, '$1')
}

test('graft predict answers for every bad file, and says the same of each as ever', async context => {
  if (!needs(context, archive)) return
  const folder = unpacked(context, archive)
  const bundle = join(temporaryFolder(context), 'made.onnx')
  writeFileSync(bundle, buildBundle(tinyParts()))
  const paths = pathsOfAll().map(path => join(folder, path))
  const { status, stdout, stderr } = await runHere(['predict', bundle, ...paths, '--json', '--quiet'])
  assert.equal(status, 0, stderr)
  const outcomes = answersIn(stdout).map(({ file, label, error }) => {
    const name = JSON.stringify(file.slice(folder.length + 1))
    return `${name} ${label === undefined ? reasonOf(error!) : 'is read'}`
  })
  assert.equal(outcomes.length, paths.length)
  matchesGolden('hostile/golden/badfiles.txt', `${outcomes.sort().join('\n')}\n`)
  assert.ok(process.resourceUsage().maxRSS * 1024 < mostMemory)
})

test('graft train and inspect bear a folder in which every other file is bad', async context => {
  if (!needs(context, archive)) return
  const folder = unpacked(context, archive)
  const classes = temporaryFolder(context)
  for (const [at, path] of pathsOfAll().entries()) {
    const target = join(classes, 'data', at % 2 === 0 ? 'even' : 'odd', `${at}-${basename(path).slice(-60)}`)
    mkdirSync(dirname(target), { recursive: true })
    cpSync(join(folder, path), target)
  }
  symlinkSync('even', join(classes, 'data', 'even', 'itself'))
  const cached = ['--cache', join(classes, 'cache')]
  const inspected = await runHere(['inspect', join(classes, 'data'), '--out', classes, ...cached])
  assert.ok(inspected.status === 0 || inspected.status === 3, inspected.stderr)
  assert.match(inspected.stdout, /even/)
  const words =
    '--weights random --alpha 0.1 --size 32 --threads 1 --epochs 1,1 --augment none --skip-bad --quiet'.split(
      ' ',
    )
  const places = ['--run', join(classes, 'run'), ...cached]
  const trained = await runHere(['train', join(classes, 'data'), ...words, ...places])
  assert.equal(trained.status, 0, trained.stderr)
  assert.ok(existsSync(join(classes, 'run', 'best.onnx')))
  assert.ok(process.resourceUsage().maxRSS * 1024 < mostMemory)
})
