/** A run exported: the files, the record of their verification, and data that has gone elsewhere. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { exportRun, type Verification } from '../../src/api/export.ts'
import { train } from '../../src/api/train.ts'
import { load } from '../../src/bundle/classifier.ts'
import { readRunRecord } from '../../src/train/run-folder.ts'
import type { UserError } from '../../src/util/errors.ts'
import { writeImages } from '../train/made-images.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-export-'))
const [data, run] = [join(root, 'data'), join(root, 'run')]

before(async () => {
  await writeImages(data, 12)
  const small = { weights: 'random', alpha: 0.1, size: 32, validation: 0.5, threads: 1 } as const
  await train(data, { ...small, epochs: [1, 0], run, cache: join(root, 'cache') })
})
after(() => rmSync(root, { recursive: true, force: true }))

const verificationIn = (out: string): Verification =>
  JSON.parse(readFileSync(join(out, 'verification.json'), 'utf8')) as Verification

test('exportRun() makes a site of the run, verified on the held-out images', async () => {
  const progress: number[] = []
  const { out, bytes, verification } = await exportRun(run, {
    to: 'web',
    onProgress: done => void progress.push(done),
  })
  assert.equal(out, join(run, 'web'))
  for (const name of ['index.html', 'best.onnx', 'ort/ort.wasm.min.mjs', 'ort/LICENCE.txt', 'LICENCES.txt'])
    assert.ok(statSync(join(out, name)).size > 0, name)
  assert.ok(bytes > statSync(join(out, 'best.onnx')).size)
  assert.deepEqual(verificationIn(out), verification)
  const held = readRunRecord(run).data.validation.length
  assert.equal(verification.images, held)
  assert.equal(progress.at(-1), held)
  assert.deepEqual(
    verification.files.map(({ file, changedAnswers }) => [file, changedAnswers]),
    [['best.onnx', 0]],
  )
})

test('exportRun() makes ONNX files that say how to run them, and of which the bundle loads', async () => {
  const out = join(root, 'onnx')
  const { verification } = await exportRun(run, { to: 'onnx', out, images: 5 })
  assert.equal(verification.images, 5)
  assert.deepEqual(
    verification.files.map(({ file }) => file),
    ['model.onnx', 'onnx/model.onnx'],
  )
  const classifier = await load(join(out, 'model.onnx'))
  assert.deepEqual(classifier.classNames, ['cold', 'warm'])
  await classifier.close()
  assert.match(readFileSync(join(out, 'README.md'), 'utf8'), /InferenceSession\("model.onnx"\)/)
  assert.match(readFileSync(join(out, 'labels.d.ts'), 'utf8'), /\| "cold"\n {2}\| "warm"/)
})

test('exportRun() in whole numbers says what that costs, and is judged by accuracy', async () => {
  const { out, verification } = await exportRun(run, { to: 'web', quantize: 'int8', maxLoss: 100 })
  assert.equal(out, join(run, 'web-int8'))
  assert.deepEqual(verification.tolerance, { measure: 'accuracy points', most: 100 })
  assert.equal(verification.quantization!.calibrated, readRunRecord(run).data.examples.train)
  const sizeIn = (folder: string): number => statSync(join(folder, 'best.onnx')).size
  assert.ok(sizeIn(out) < sizeIn(run))
})

test('exportRun() compares the same images each time', async () => {
  const chosen = async (): Promise<readonly unknown[]> =>
    (await exportRun(run, { to: 'onnx', images: 3 })).verification.files
  assert.deepEqual(await chosen(), await chosen())
})

test('exportRun() asks for the data when it has gone, finds it elsewhere, and can do without', async () => {
  const moved = join(root, 'moved')
  renameSync(data, moved)
  try {
    const out = join(root, 'later')
    await assert.rejects(exportRun(run, { to: 'onnx', out }), (error: UserError) => {
      assert.equal(error.code, 'data')
      assert.match(error.hint!, /--data/)
      return true
    })
    assert.ok(!existsSync(out))
    assert.ok((await exportRun(run, { to: 'onnx', out, data: moved })).verification.images > 0)
    assert.equal((await exportRun(run, { to: 'onnx', out, images: 0 })).verification.images, 0)
  } finally {
    renameSync(moved, data)
  }
})

test('exportRun() refuses what is no run, and other data under the name', async () => {
  await assert.rejects(exportRun(data, { to: 'web' }), (error: UserError) => error.code === 'run')
  const other = await writeImages(join(root, 'other'), 1)
  const work = exportRun(run, { to: 'onnx', out: join(root, 'x'), data: other })
  await assert.rejects(work, /lacks images that the run was validated on: "(cold|warm)\//)
})

test('exportRun() that is stopped leaves nothing', async () => {
  const out = join(root, 'stopped')
  const stopping = new AbortController()
  const onProgress = (): void => stopping.abort(new Error('enough'))
  await assert.rejects(exportRun(run, { to: 'web', out, signal: stopping.signal, onProgress }), /enough/)
  assert.ok(!existsSync(out))
})
