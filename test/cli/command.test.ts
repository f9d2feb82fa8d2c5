/** The command as a user runs it: in a process of its own, on made pictures. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { commands } from '../../src/cli/commands/index.ts'
import { matchesGolden } from '../golden.ts'
import { writeImages } from '../train/made-images.ts'

const graft = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'graft-cli-'))
const data = join(root, 'data')
const quick = [
  '--weights',
  'random',
  '--alpha',
  '0.1',
  '--size',
  '32',
  '--validation',
  '0.25',
  '--threads',
  '1',
]
before(() => writeImages(data, 12))
after(() => rmSync(root, { recursive: true, force: true }))

interface Finished {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command in the test's folder; `during` may look at it, or send it signals. */
async function run(
  args: readonly string[],
  during: (child: ChildProcess) => void = () => {},
): Promise<Finished> {
  const env = { ...process.env, GRAFT_CACHE: join(root, 'cache'), NO_COLOR: '1' }
  const child = spawn(process.execPath, [graft, ...args], { cwd: root, env })
  const text = { stdout: '', stderr: '' }
  child.stdout.on('data', chunk => (text.stdout += chunk))
  child.stderr.on('data', chunk => (text.stderr += chunk))
  during(child)
  const status = await new Promise<number | null>(resolve => child.on('close', resolve))
  return { status, ...text }
}

test('graft --help lists the commands', async () => {
  const { status, stdout } = await run(['--help'])
  assert.equal(status, 0)
  matchesGolden('cli/golden/help.txt', stdout)
})

for (const { name } of commands) {
  test(`graft help ${name} teaches the command`, async () => {
    const { status, stdout } = await run(['help', name])
    assert.equal(status, 0)
    matchesGolden(`cli/golden/help-${name}.txt`, stdout)
  })
}

const mistakes: readonly (readonly [what: string, args: string[], status: number, message: RegExp])[] = [
  ['an unknown command', ['trian'], 2, /Unknown command "trian"\nhint: did you mean train\?/],
  [
    'an unknown option',
    ['train', 'data', '--epcohs', '3'],
    2,
    /Unknown option "--epcohs"\nhint: did you mean --epochs\?/,
  ],
  ['a missing argument', ['train'], 2, /Missing required argument "data"/],
  [
    'a word for a number',
    ['train', 'data', '--batch-size', 'many'],
    2,
    /--batch-size takes a whole number. Received: "many"/,
  ],
  [
    'a choice that there is not',
    ['train', 'data', '--fit', 'stretch'],
    2,
    /"stretch" is invalid.*squash, pad, crop/,
  ],
  ['a value out of range', ['train', 'data', '--validation', '1'], 2, /The option "validation" cannot be 1/],
  ['a size that does not fit', ['train', 'data', '--size', '100'], 2, /The option "size" cannot be 100/],
  [
    'an unknown layer',
    ['train', 'data', ...quick, '--fine-tune-at', 'block_11_expnd_BN'],
    2,
    /did you mean "block_11_expand_BN"/,
  ],
  ['no such folder', ['train', 'nowhere'], 3, /Cannot read "nowhere": there is no such file or folder/],
  [
    'no such weights',
    ['train', 'data', '--weights', 'none.h5'],
    1,
    /"none.h5": there is no such file or folder/,
  ],
  ['a folder that is no run', ['predict', 'data', 'data'], 1, /"data"/],
  [
    'a class weight for nobody',
    ['train', 'data', ...quick, '--class-weights', 'hot=2'],
    2,
    /"hot", which is no class/,
  ],
  [
    'nothing to resume',
    ['train', 'data', '--resume', '--run', 'none'],
    1,
    /Cannot resume "none": it has no checkpoint/,
  ],
]
for (const [what, args, status, message] of mistakes) {
  test(`graft answers ${what} in words, with status ${status} and no stack trace`, async () => {
    const result = await run(args)
    assert.match(result.stderr, message)
    assert.equal(result.status, status)
    assert.doesNotMatch(result.stderr, /\n\s+at /)
  })
}

test('graft refuses data that no training can make sense of', async () => {
  mkdirSync(join(root, 'empty'))
  mkdirSync(join(root, 'one', 'cats'), { recursive: true })
  writeFileSync(join(root, 'one', 'cats', '1.png'), readFileSync(join(data, 'warm', '0.png')))
  for (const [folder, message] of [
    ['empty', /"empty"/],
    ['one', /there is one class, "cats"; wanted two or more/],
  ] as const) {
    const { status, stderr } = await run(['train', folder])
    assert.equal(status, 3)
    assert.match(stderr, message)
  }
})

test('graft train stops before the first epoch when too many files are no images, and goes on with --skip-bad', async () => {
  const bad = join(root, 'bad')
  await writeImages(bad, 8)
  for (const at of [0, 1]) writeFileSync(join(bad, 'cold', `broken-${at}.jpg`), 'no picture')
  const refused = await run(['train', 'bad', ...quick, '--run', 'refused'])
  assert.equal(refused.status, 3)
  assert.match(refused.stderr, /Cannot read 2 of 18 files \(11.1%\) as images: .*broken-0.jpg/)
  assert.doesNotMatch(refused.stderr, /accuracy/)
  const taken = await run(['train', 'bad', ...quick, '--run', 'taken', '--epochs', '1', '--skip-bad'])
  assert.equal(taken.status, 0, taken.stderr)
})

test('graft train --json prints one object a line and ends with the outcome; evaluate has the same names', async () => {
  const { status, stdout } = await run([
    'train',
    'data',
    ...quick,
    '--run',
    'json',
    '--epochs',
    '2,1',
    '--json',
  ])
  assert.equal(status, 0)
  const events = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  const done = events.at(-1)
  assert.equal(done.event, 'done')
  assert.equal(done.run, 'json')
  assert.equal(events.filter(({ event }) => event === 'epoch').length, 3)
  const evaluated = await run(['evaluate', 'json', 'data', '--json'])
  const figures = JSON.parse(evaluated.stdout)
  for (const name of ['accuracy', 'loss', 'rocAuc']) {
    assert.equal(typeof done[name], 'number')
    assert.equal(typeof figures[name], 'number')
  }
})

test('graft predict prints a table, JSON lines or a submission', async () => {
  const table = await run(['predict', 'json', 'data'])
  assert.match(table.stdout, /^cold\/0.png\t(cold|warm) \d/)
  const json = await run(['predict', 'json', 'data/warm', '--json'])
  const lines = json.stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.equal(lines.length, 12)
  assert.deepEqual(Object.keys(lines[0].probabilities), ['cold', 'warm'])
  const csv = await run([
    'predict',
    'json',
    'data/cold',
    '--csv',
    '--probabilities',
    '--label-column',
    'is_warm',
  ])
  assert.match(csv.stdout, /^id,is_warm\n0.png,0\.\d+\n/)
})

test('graft predict names files that are no images and goes on', async () => {
  writeFileSync(join(root, 'note.jpg'), 'no picture')
  const { status, stdout, stderr } = await run(['predict', 'json', 'note.jpg', 'data/warm/0.png'])
  assert.equal(status, 0)
  assert.match(stderr, /"note.jpg"/)
  assert.match(stdout, /^data\/warm\/0.png\t/)
  assert.equal((await run(['predict', 'json', 'note.jpg'])).status, 3)
})

test('graft train stops at Ctrl-C with a checkpoint, and --resume gives the bits of a whole run', async () => {
  const flags = ['train', 'data', ...quick, '--epochs', '30,30']
  const stopped = await run([...flags, '--run', 'stopped', '--json'], child => {
    child.stdout!.on('data', chunk => {
      if (String(chunk).includes('"epoch":3,')) child.kill('SIGINT')
    })
  })
  assert.equal(stopped.status, 130, stopped.stderr)
  assert.match(
    stopped.stderr,
    /Stopped; the checkpoint is in "stopped\/checkpoint"\nhint: graft train data --run stopped --resume/,
  )
  assert.ok(!existsSync(join(root, 'stopped', 'best.onnx')))
  assert.equal((await run(['train', 'data', '--run', 'stopped', '--resume'])).status, 0)
  assert.equal((await run([...flags, '--run', 'whole'])).status, 0)
  const bytes = ['stopped', 'whole'].map(name => readFileSync(join(root, name, 'last.onnx')))
  assert.ok(bytes[0]!.equals(bytes[1]!))
})
