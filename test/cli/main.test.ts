/** The command as a process: its signals, its pipes and its exit status. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { version } from '../../src/util/version.ts'
import { writeImages } from '../train/made-images.ts'

const graft = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'graft-main-'))
before(() => writeImages(join(root, 'data'), 12))
after(() => rmSync(root, { recursive: true, force: true }))

interface Finished {
  /** The exit status, or the signal that ended the process. */
  readonly status: number | NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command in the test's folder; `during` may look at it, or send it signals. */
async function run(
  args: readonly string[],
  during: (child: ChildProcess) => void = () => {},
): Promise<Finished> {
  const { npm_command: _, ORT_DISABLE_TELEMETRY: __, ...inherited } = process.env
  const env = { ...inherited, GRAFT_CACHE: join(root, 'cache'), NO_COLOR: '1', HOME: root }
  const child = spawn(process.execPath, [graft, ...args], { cwd: root, env })
  const text = { stdout: '', stderr: '' }
  child.stdout.on('data', chunk => (text.stdout += chunk))
  child.stderr.on('data', chunk => (text.stderr += chunk))
  during(child)
  const status = await new Promise<Finished['status']>(resolve =>
    child.on('close', (code, signal) => resolve(code ?? signal)),
  )
  return { status, ...text }
}

const training =
  'train data --weights random --alpha 0.1 --size 32 --threads 1 --epochs 300,3 --augment none'.split(' ')

/** Does something to the training when it is in its third epoch. */
const inThirdEpoch =
  (act: (child: ChildProcess) => void) =>
  (child: ChildProcess): void => {
    let text = ''
    child.stdout!.on('data', chunk => {
      const before = text.includes('"epoch":3,')
      text += chunk
      if (!before && text.includes('"epoch":3,')) act(child)
    })
  }

test('graft --version exits with 0, wrong usage with 2 and one message', async () => {
  assert.deepEqual(await run(['--version']), { status: 0, stdout: `${version}\n`, stderr: '' })
  assert.deepEqual(await run(['train', 'data', '--epcohs', '3']), {
    status: 2,
    stdout: '',
    stderr: 'error: There is no option "--epcohs"\nhint: did you mean "--epochs"?\n',
  })
})

test('the engine keeps no id of the machine in the home folder, and no events to be sent', async () => {
  const [model, data] = ['quiet', 'data']
  const trained = await run([...training, '--epochs', '1,1', '--run', model])
  const predicted = await run(['predict', model, data])
  assert.deepEqual([trained.status, predicted.status], [0, 0], trained.stderr + predicted.stderr)
  const left = readdirSync(root, { recursive: true, encoding: 'utf8' })
  assert.deepEqual(
    left.filter(path => /microsoft|onnxruntime|telemetry/i.test(path)),
    [],
  )
})

test('graft train stops at Ctrl-C with a checkpoint, and --resume gives the bits of a whole run', async () => {
  const stopped = await run(
    [...training, '--run', 'stopped', '--json'],
    inThirdEpoch(child => child.kill('SIGINT')),
  )
  assert.equal(stopped.status, 130, stopped.stderr)
  assert.match(
    stopped.stderr,
    /\nerror: Stopped; "stopped" holds a checkpoint\nhint: to go on: graft train data --run stopped --resume\n$/,
  )
  assert.equal(JSON.parse(stopped.stdout.trimEnd().split('\n').at(-1)!).code, 'aborted')
  assert.ok(!existsSync(join(root, 'stopped', 'best.onnx')))
  const [resumed, whole] = await Promise.all([
    run(['train', 'data', '--run', 'stopped', '--resume']),
    run([...training, '--run', 'whole']),
  ])
  assert.deepEqual([resumed.status, whole.status], [0, 0], resumed.stderr)
  assert.match(resumed.stderr, /^Going on with stopped/)
  const bytes = ['stopped', 'whole'].map(name => readFileSync(join(root, name, 'last.onnx')))
  assert.ok(bytes[0]!.equals(bytes[1]!))
})

test('graft train stops in order for other signals too, and at once for a second one', async () => {
  const flags = [...training, '--json', '--run']
  const ended = await run(
    [...flags, 'ended'],
    inThirdEpoch(child => child.kill('SIGTERM')),
  )
  assert.equal(ended.status, 130)
  const cut = await run(
    [...flags, 'cut'],
    inThirdEpoch(child => {
      child.kill('SIGHUP')
      child.kill('SIGINT')
    }),
  )
  assert.ok(cut.status === 'SIGHUP' || cut.status === 'SIGINT', String(cut.status))
})

test('graft train stops in order and without complaint when its reader has gone', async () => {
  const { status, stderr } = await run([...training, '--run', 'unread', '--json'], child => {
    child.stdout!.destroy()
  })
  assert.equal(status, 130)
  assert.match(stderr, /^Training unread/)
  assert.doesNotMatch(stderr, /error|Stopping/)
})

test('graft predict is quiet when its reader has seen enough', async () => {
  const picture = join('data', 'warm', '0.png')
  const many = Array.from({ length: 40 }, (_, at) => join('data', at % 2 ? 'warm' : 'cold', `${at % 12}.png`))
  assert.ok(existsSync(join(root, picture)))
  const { stderr } = await run(['predict', 'whole', ...many, '--json'], child => child.stdout!.destroy())
  assert.equal(stderr, '')
})
