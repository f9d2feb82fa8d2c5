/** Help, and what the command line says to mistakes. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { commands } from '../../src/cli/commands/index.ts'
import { ReaderGone } from '../../src/cli/failure.ts'
import { flagOf } from '../../src/cli/option-values.ts'
import { UserError } from '../../src/util/errors.ts'
import { version } from '../../src/util/version.ts'
import { matchesGolden } from '../golden.ts'
import { runHere } from './context.ts'

test('graft --help lists the commands, as graft alone does', async () => {
  const { status, stdout, stderr } = await runHere(['--help'])
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
  matchesGolden('cli/golden/help.txt', stdout)
  assert.deepEqual(await runHere([]), { status, stdout, stderr })
  assert.deepEqual(await runHere(['help']), { status, stdout, stderr })
})

for (const { name } of commands) {
  test(`graft help ${name} teaches the command, as graft ${name} --help does`, async () => {
    const { status, stdout, stderr } = await runHere(['help', name])
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
    matchesGolden(`cli/golden/help-${name}.txt`, stdout)
    assert.equal((await runHere([name, '--help'])).stdout, stdout)
  })
}

test('graft --version prints the version alone', async () => {
  assert.deepEqual(await runHere(['--version']), { status: 0, stdout: `${version}\n`, stderr: '' })
})

test('help has colours where they are wanted, and none in a pipe', async () => {
  assert.doesNotMatch((await runHere(['--help'])).stdout, /\x1b/)
  assert.match((await runHere(['--help'], { environment: { FORCE_COLOR: '1' } })).stdout, /\x1b\[1mUsage:/)
})

const mistakes: readonly (readonly [args: string, error: string, hint?: string])[] = [
  ['trian photos', 'There is no command "trian"', 'did you mean "graft train"?'],
  ['help trian', 'There is no command "trian"', 'did you mean "graft train"?'],
  ['juggle', 'There is no command "juggle"', 'graft --help lists the commands'],
  ['--verson', 'There is no option "--verson"', 'did you mean "--version"?'],
  ['train x --epcohs 3', 'There is no option "--epcohs"', 'did you mean "--epochs"?'],
  ['train x --batch_size=3', 'There is no option "--batch_size"', 'did you mean "--batch-size"?'],
  ['train x --batchSize=3', 'There is no option "--batchSize"', 'did you mean "--batch-size"?'],
  ['train x --lr 1', 'There is no option "--lr"', 'did you mean "--learning-rate"?'],
  ['train x --imgsz 96', 'There is no option "--imgsz"', 'did you mean "--size"?'],
  ['train x --juggle', 'There is no option "--juggle"', 'graft train --help lists the options'],
  ['train', 'graft train needs DATA: folder, zip archive or labels file', 'for example: graft train photos/'],
  ['evaluate runs/x', 'graft evaluate needs DATA: folder, zip archive or labels file'],
  ['train a b', 'graft train takes 1 argument. Received: 2', 'put a name that holds spaces in quotes'],
  ['train x --epochs', 'The option "--epochs" needs a value', 'graft train --help shows how'],
  [
    'train x --fit sqash',
    'The option "--fit" takes squash, pad or crop. Received: "sqash"',
    'did you mean "squash"?',
  ],
  [
    'train x --epochs many',
    'The option "--epochs" takes a whole number, or two such as 30,30. Received: "many"',
  ],
  ['train x --batch-size 0', 'The option "--batch-size" takes a whole number from 1 on. Received: "0"'],
  ['train x --size 100', 'The option "--size" cannot be 100'],
  ['train x --validation 1', 'The option "--validation" cannot be 1'],
  ['train x --epochs 3,4,5', 'The option "--epochs" takes a whole number, or two such as 30,30'],
  ['train x --label-smoothing 2', 'The option "--label-smoothing" cannot be 2'],
  ['predict x y --json --csv', 'The options "--json" and "--csv" exclude each other'],
  ['predict x y --top 0', 'The option "--top" takes a whole number from 1 on. Received: "0"'],
]
for (const [line, error, hint] of mistakes) {
  test(`graft ${line} is wrong usage, said in two lines at most`, async () => {
    const { status, stdout, stderr } = await runHere(line.split(' '))
    assert.equal(status, 2)
    if (!line.includes('--json')) assert.equal(stdout, '')
    assert.ok(stderr.startsWith(`error: ${error}`), stderr)
    if (hint !== undefined) assert.ok(stderr.endsWith(`\nhint: ${hint}\n`), stderr)
    assert.ok(stderr.split('\n').length <= 3, stderr)
  })
}

test('with --json a mistake is also one JSON object on standard output', async () => {
  const { status, stdout, stderr } = await runHere(['train', 'x', '--epcohs', '3', '--json'])
  assert.equal(status, 2)
  assert.deepEqual(JSON.parse(stdout), {
    event: 'error',
    code: 'usage',
    message: 'There is no option "--epcohs"',
    hint: 'did you mean "--epochs"?',
  })
  assert.match(stderr, /^error: There is no option/)
})

test('a command that does not stop by itself is left when the user asks to stop', async () => {
  const signal = AbortSignal.abort(new UserError('aborted', 'Stopped'))
  assert.deepEqual(await runHere(['inspect', '.'], { signal }), {
    status: 130,
    stdout: '',
    stderr: 'error: Stopped\n',
  })
})

test('a command whose reader has gone says nothing more', async () => {
  const signal = AbortSignal.abort(new ReaderGone('gone'))
  assert.deepEqual(await runHere(['inspect', '.'], { signal }), { status: 130, stdout: '', stderr: '' })
})

/** Command lines in help and in pages for users, as words. */
function shownLines(): string[][] {
  const pages = ['README.md', 'docs/cli.md'].map(page => readFileSync(page, 'utf8')).join('\n')
  const quoted = pages.matchAll(/^(?:npx )?(graft [^\n#]+)|`(graft [^`\n]+)`/gm)
  const fromPages = [...quoted].map(([, line, inline]) => line ?? inline!)
  const examples = commands.flatMap(command => command.examples.map(([line]) => line))
  const ours = [...fromPages, ...examples].filter(line => line.includes('graft '))
  return ours.map(line => line.slice(line.indexOf('graft ')).trim().split(/\s+/))
}

test('command lines in help and in the pages for users name commands and options that there are', () => {
  const lines = shownLines()
  assert.ok(lines.length > 20, String(lines.length))
  for (const [, name, ...words] of lines) {
    if (name === 'help') continue
    const command = commands.find(one => one.name === name)
    assert.ok(command !== undefined, name)
    const flags = command.groups.flatMap(({ options }) => options.map(flagOf))
    for (const word of words.filter(one => one.startsWith('--') && one !== '--help'))
      assert.ok(flags.includes(word), `graft ${name} ${word}`)
  }
})

test('no two options of a command are called alike, here or elsewhere', () => {
  for (const { name, groups } of commands) {
    const options = groups.flatMap(group => group.options)
    const names = options.flatMap(option => [flagOf(option).slice(2), ...(option.elsewhere ?? [])])
    assert.deepEqual(
      names.filter((one, at) => names.indexOf(one) !== at),
      [],
      name,
    )
  }
})
