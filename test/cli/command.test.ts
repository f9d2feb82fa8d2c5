/** The commands from training to prediction on made pictures, in this process. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { writeImages } from '../train/made-images.ts'
import { type Finished, runHere } from './context.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-cli-'))
const at = (...names: string[]): string => join(root, ...names)
const [data, model] = [at('data'), at('model')]
const network = '--weights random --alpha 0.1 --size 32 --threads 1'.split(' ')
const quick = [...network, '--validation', '0.25', '--cache', at('cache')]
const records = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

let trained: Finished
before(async () => {
  await writeImages(data, 12)
  trained = await runHere(['train', data, ...quick, '--run', model, '--epochs', '2,1', '--json'])
})
after(() => rmSync(root, { recursive: true, force: true }))

test('graft train --json writes one object a line, the last with the outcome', () => {
  assert.equal(trained.status, 0, trained.stderr)
  const events = records(trained.stdout)
  assert.equal(events.find(({ event }) => event !== 'progress')!['event'], 'start')
  assert.equal(events.filter(({ event }) => event === 'epoch').length, 3)
  const { event, run, ...figures } = events.at(-1)!
  assert.deepEqual({ event, run }, { event: 'done', run: model })
  for (const name of ['accuracy', 'loss', 'rocAuc']) assert.equal(typeof figures[name], 'number', name)
})

test('graft train --quiet --json writes the outcome alone, --quiet one line, and nothing goes to standard error', async () => {
  const flags = ['train', data, ...quick, '--epochs', '1', '--fine-tune-at', 'none', '--quiet']
  const json = await runHere([...flags, '--run', at('quiet-json'), '--json'])
  assert.deepEqual([json.status, json.stderr], [0, ''])
  assert.deepEqual(
    records(json.stdout).map(({ event }) => event),
    ['done'],
  )
  const line = await runHere([...flags, '--run', at('quiet')])
  assert.deepEqual([line.status, line.stderr], [0, ''])
  assert.match(line.stdout, /^\S*quiet: validation accuracy .*\n$/)
})

test('graft train writes progress to standard error, and the result and next commands to standard output', async () => {
  const run = at('plain')
  const { status, stdout, stderr } = await runHere(['train', data, ...quick, '--epochs', '1', '--run', run])
  assert.equal(status, 0)
  assert.match(
    stderr,
    /^Training \S*plain, recipe auto\n2 classes: "cold" and "warm"\nimages: 18 to train on/m,
  )
  assert.match(stderr, /\n +1 +head /)
  for (const file of ['report.html', 'best.onnx', 'README.md']) {
    assert.ok(stdout.includes(join(run, file)) && existsSync(join(run, file)), file)
  }
  assert.match(
    stdout,
    /\n {2}graft predict \S*plain photo.jpg\n {2}graft evaluate \S*plain \S*data --split validation\n$/,
  )
})

test('graft train takes options from a file', async () => {
  const config = at('graft.json')
  const run = at('configured')
  writeFileSync(config, JSON.stringify({ weights: 'random', alpha: 0.1, size: 32, epochs: [1, 0], run }))
  const { status, stderr } = await runHere(['train', data, '--config', config, '--cache', at('cache')])
  assert.equal(status, 0, stderr)
  const { plan } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'))
  assert.deepEqual([plan.model.alpha, plan.phases.length], [0.1, 1])
})

test('graft evaluate --json writes one object with the names of training', async () => {
  const { status, stdout, stderr } = await runHere(['evaluate', model, data, '--json'])
  assert.equal(status, 0)
  const [figures, ...others] = records(stdout)
  assert.equal(others.length, 0)
  for (const name of ['accuracy', 'loss', 'rocAuc', 'macroF1'])
    assert.equal(typeof figures![name], 'number', name)
  assert.deepEqual([figures!['examples'], figures!['trainedOn']], [24, 18])
  assert.match(stderr, /warning: the run was trained on 18 of these 24 images/)
})

test('graft evaluate shows figures, classes and what was taken for what', async () => {
  const { stdout } = await runHere(['evaluate', model, data])
  assert.match(stdout, /^accuracy \d.*% of 24 images \(95% interval .*\)\nloss \d/)
  assert.match(stdout, /\nROC AUC \d.* \("warm" against "cold"\)\n/)
  assert.match(stdout, /\ntrue \\ predicted +cold +warm\n/)
})

test('graft evaluate names classes that the run does not know', async () => {
  await writeImages(at('other'), 1)
  mkdirSync(at('other', 'hot'))
  writeFileSync(at('other', 'hot', '1.png'), readFileSync(join(data, 'warm', '0.png')))
  const { status, stderr } = await runHere(['evaluate', model, at('other')])
  assert.equal(status, 3)
  assert.match(stderr, /does not know the class "hot"\nhint: its classes are "cold", "warm"/)
})

test('graft evaluate does not ask for a class of which there is no image', async () => {
  mkdirSync(at('gap', 'hot'), { recursive: true })
  for (const name of ['cold', 'warm']) {
    mkdirSync(at('gap', name))
    writeFileSync(at('gap', name, '1.png'), readFileSync(join(data, name, '0.png')))
  }
  const { status, stdout } = await runHere(['evaluate', model, at('gap'), '--json'])
  assert.equal(status, 0)
  assert.equal(JSON.parse(stdout).examples, 2)
})

test('graft predict shows a table, as many classes as asked for', async () => {
  const { status, stdout } = await runHere(['predict', model, join(data, 'cold'), '--top', '2'])
  assert.equal(status, 0)
  const lines = stdout.trimEnd().split('\n')
  assert.match(lines[0]!, /^file +label +score +label +score$/)
  assert.equal(lines.length, 2 + 12)
  assert.match(lines[2]!, /^0\.png +(cold|warm) +\d.*% +(cold|warm) +\d.*%$/)
})

test('graft predict --json writes a line for each image, also for those that cannot be read', async () => {
  const [note, picture] = [at('note.jpg'), join(data, 'warm', '0.png')]
  writeFileSync(note, 'no picture')
  const { status, stdout, stderr } = await runHere(['predict', model, note, '-', '--json'], {
    stdin: `${picture}\n`,
  })
  assert.equal(status, 0)
  const [failed, { probabilities, ...best }] = records(stdout) as [object, Record<string, never>]
  assert.deepEqual(Object.keys(failed), ['file', 'error'])
  assert.equal(best['file'], picture)
  const all = probabilities as unknown as Record<string, number>
  assert.deepEqual(Object.keys(all), ['cold', 'warm'])
  assert.equal(best['score'], Math.max(...Object.values(all)))
  assert.match(stderr, /^warning: .*note\.jpg.*\n1 of 2 images could not be read\n$/)
})

test('graft predict has the exit status 3 when nothing could be read', async () => {
  const { status, stdout, stderr } = await runHere(['predict', model, at('note.jpg')])
  assert.deepEqual([status, stdout], [3, ''])
  assert.match(stderr, /error: The file could not be read as an image/)
})

test('graft predict --csv takes no picture for its file', async () => {
  const folder = join(data, 'cold')
  const printed = await runHere(['predict', model, '--csv', folder])
  assert.match(printed.stdout, /^id,label\n0\.png,(cold|warm)\n/)
  const file = at('out', 'submission.csv')
  const saved = await runHere(['predict', model, '--csv', file, folder])
  assert.equal(saved.stdout, '')
  assert.equal(readFileSync(file, 'utf8'), printed.stdout)
})

test('graft predict --sample fills a sample submission', async () => {
  const sample = at('sample.csv')
  writeFileSync(sample, 'image,warm\n3,0.5\nmissing,0.5\n1,0.5\n')
  const { status, stdout, stderr } = await runHere(['predict', model, join(data, 'warm'), '--sample', sample])
  assert.equal(status, 0)
  assert.match(stdout, /^image,warm\n3,0\.\d+\nmissing,0\.5\n1,0\.\d+\n$/)
  assert.match(stderr, /warning: "missing": there is no such file/)
})

test('graft inspect --quick shows counts, and has the exit status 3 for what cannot be trained on', async () => {
  const { status, stdout } = await runHere(['inspect', data, '--quick', '--validation', '0.25'])
  assert.equal(status, 0)
  assert.match(stdout, /: a folder for each class\nby extension: 24 png\n/)
  assert.match(stdout, /\nall +18 +6 +0 +24\n/)
  const refused = await runHere(['inspect', join(data, 'cold'), '--quick', '--json'])
  assert.equal(refused.status, 3)
  const [{ format, problem }] = records(refused.stdout) as [Record<string, Record<string, string>>]
  assert.equal(format as unknown, 'unlabelled')
  assert.match(problem!['message']!, /its 12 images have no labels/)
})

test('graft models lists the embedded weights first, then those of publishers', async () => {
  const { status, stdout } = await runHere(['models', '--json'], { environment: { GRAFT_CACHE: at('none') } })
  assert.equal(status, 0)
  const [own, ...others] = records(stdout)
  assert.deepEqual([own!['id'], own!['where'], own!['parameters']], ['embedded', 'package', 410208])
  assert.ok(
    others.every(
      ({ bytes, where, licence }) => bytes === null && where === 'download' && licence === 'Apache-2.0',
    ),
  )
  assert.ok(others.every(({ figures }) => /^ImageNet top-1 [4-7]\d\.\d%$/.test(String(figures))))
  // Keras' own count for the usual width, without its top.
  assert.equal(others.find(({ id }) => id === 'mobilenet_v2_1.0_224')!['parameters'], 2257984)
})

test('graft inspect has the exit status 3 where training would refuse unreadable files', async () => {
  const bad = at('unreadable')
  await writeImages(bad, 8)
  writeFileSync(join(bad, 'cold', 'broken.jpg'), 'no picture')
  const words = ['--size', '32', '--out', at('inspected'), '--json']
  const { status, stdout } = await runHere(['inspect', bad, ...words])
  assert.equal(status, 3)
  const [{ problem }] = records(stdout) as [Record<string, Record<string, string>>]
  assert.match(
    problem!['message']!,
    /^1 of 17 files for training and validation cannot be used. The first: Cannot read .*broken.jpg/,
  )
})

const refusals: readonly (readonly [args: string[], status: number, message: RegExp])[] = [
  [['train', at('nowhere')], 3, /nowhere": there is no such file or folder/],
  [['train', data, ...quick, '--run', model], 1, /holds a run already\nhint: .*--resume/],
  [['train', data, '--resume', '--run', model, '--folds', '2'], 2, /with other options: "folds" was given/],
  [['predict', model, data, '--probabilities'], 2, /no room for all probabilities\nhint: add --csv/],
  [['train', data, '--resume', '--run', at('none')], 1, /There is no run in ".*none"/],
  [['train', data, '--weights', at('none.h5')], 1, /none\.h5": there is no such file or folder/],
  [['train', data, ...quick, '--class-weights', 'hot=2'], 2, /"hot", which is no class/],
  [['train', data, ...quick, '--fine-tune-at', 'block_11_expnd_BN'], 2, /did you mean "block_11_expand_BN"/],
  [['evaluate', at('nowhere'), data], 1, /Cannot load ".*nowhere"/],
  [['predict', data, data], 1, /Cannot load ".*data": .*no "best.onnx" in that folder/],
  [['predict', model, at('nowhere.jpg')], 3, /nowhere\.jpg": there is no such file or folder/],
  [['predict', model, data, '--sample', at('none.csv')], 3, /none\.csv": there is no such file\nhint: /],
  [['train', data, '--json=1'], 2, /option "--json" takes no value. Received: "--json=1"/],
]
for (const [args, status, message] of refusals) {
  test(`graft ${args.join(' ').replaceAll(root, '.')} is refused in words, with status ${status}`, async () => {
    const result = await runHere(args)
    assert.match(result.stderr, message)
    assert.equal(result.status, status)
    assert.doesNotMatch(result.stderr, /\n\s+at /)
  })
}

test('graft train refuses data that no training can make sense of', async () => {
  mkdirSync(at('empty'))
  mkdirSync(at('one', 'cats'), { recursive: true })
  writeFileSync(at('one', 'cats', '1.png'), readFileSync(join(data, 'warm', '0.png')))
  assert.equal((await runHere(['train', at('empty')])).status, 3)
  const { status, stderr } = await runHere(['train', at('one')])
  assert.equal(status, 3)
  assert.match(stderr, /there is one class, "cats"; wanted two or more/)
})

test('graft train stops before the first epoch when too many files are no images, and goes on with --skip-bad', async () => {
  const bad = at('bad')
  await writeImages(bad, 8)
  for (const name of ['broken-0.jpg', 'broken-1.jpg']) writeFileSync(join(bad, 'cold', name), 'no picture')
  const flags = ['train', bad, ...quick, '--run', at('refused')]
  const refused = await runHere(flags)
  assert.equal(refused.status, 3)
  assert.match(refused.stderr, /Cannot read 2 of 18 files \(11.1%\) as images: .*broken-0.jpg/)
  assert.doesNotMatch(refused.stderr, /accuracy/)
  const taken = await runHere([...flags, '--epochs', '1', '--skip-bad'])
  assert.equal(taken.status, 0, taken.stderr)
})
