/**
 * A run's bundle in whole numbers of 8 bits: size, accuracy, answers and speed against float32.
 *
 * node dist/bench/quantize.js RUN DATA
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openClassifier } from '../src/bundle/classifier.ts'
import { type Bundle, loadBundle } from '../src/bundle/load-bundle.ts'
import { readDataset } from '../src/dataset/dataset.ts'
import type { Example } from '../src/dataset/types.ts'
import { quantizeBundle } from '../src/export/quantize.ts'
import { openSession } from '../src/graph/session.ts'
import { tensor } from '../src/graph/tensor.ts'
import { readRunRecord } from '../src/train/run-folder.ts'
import { randomOf, shuffled } from '../src/util/random.ts'

const [run, data] = process.argv.slice(2)
if (run === undefined || data === undefined) throw new Error('node dist/bench/quantize.js RUN DATA')

const record = readRunRecord(run)
const path = join(run, 'best.onnx')
const bundle = loadBundle(path)
const { examples } = await readDataset(data)
const held = new Set([...record.data.validation, ...record.data.test])
const validation = examples.filter(({ id }) => record.data.validation.includes(id))
const training = examples.filter(({ id, label }) => label !== null && !held.has(id))

const began = performance.now()
const quantized = await quantizeBundle(bundle, {
  calibration: shuffled(training, randomOf(record.plan.seed, 'calibration')).map(({ source }) => source),
  validation: validation.map(({ source, label }) => ({ source, label: label! })),
  maxLoss: 100,
})
const seconds = (performance.now() - began) / 1000
const bytes = [readFileSync(path).length, quantized.bytes.length] as const
console.log(`calibrated on ${quantized.calibrated} images, ${seconds.toFixed(1)} s with both evaluations`)
console.log(`bytes: ${bytes.join(' -> ')}, ${(bytes[1] / bytes[0]).toFixed(3)} of float32`)
for (const name of ['accuracy', 'loss', 'rocAuc'] as const)
  console.log(`${name}: ${quantized.before[name]} -> ${quantized.after[name]}`)
await compareAnswers(validation.slice(0, 500))
for (const threads of [1, 2]) for (const batch of [1, 16, 32]) await compareSpeed(threads, batch)

/** How far probabilities move. */
async function compareAnswers(some: readonly Example[]): Promise<void> {
  const [before, after] = [await probabilities(bundle, some), await probabilities(quantized.bundle, some)]
  const apart = before.map((row, at) => Math.max(...row.map((p, k) => Math.abs(p - after[at]![k]!))))
  const best = (row: Float32Array): number => row.indexOf(Math.max(...row))
  const changed = before.filter((row, at) => best(row) !== best(after[at]!)).length
  const mean = apart.reduce((a, b) => a + b, 0) / apart.length
  console.log(
    `answers to ${some.length} images: ${changed} changed, probabilities off by ${mean.toFixed(4)} on average, ${Math.max(...apart).toFixed(3)} at most`,
  )
}

async function probabilities(from: Bundle, some: readonly Example[]): Promise<Float32Array[]> {
  const classifier = await openClassifier(from)
  const rows: Float32Array[] = []
  for await (const { probabilities: row } of classifier.predict(some.map(({ source }) => source)))
    if (row !== null) rows.push(row)
  await classifier.close()
  return rows
}

/** Both in turn, the quickest of many runs each: what other programs do to the machine hits both alike. */
async function compareSpeed(threads: number, batch: number): Promise<void> {
  const { size } = bundle.facts.preprocessing
  const pixels = Uint8Array.from({ length: batch * size * size * 3 }, (_, at) => (at * 7919) % 251)
  const image = tensor('uint8', [batch, size, size, 3], pixels)
  const sessions = [
    await openSession(bundle.graph, { threads }),
    await openSession(quantized.bundle.graph, { threads }),
  ]
  const quickest = sessions.map(() => Number.POSITIVE_INFINITY)
  const rounds = Math.max(20, Math.ceil((500 * (96 / size) ** 2) / batch))
  for (let round = 0; round < rounds; round++)
    for (const [at, session] of sessions.entries()) {
      const start = performance.now()
      await session.run({ image })
      quickest[at] = Math.min(quickest[at]!, performance.now() - start)
    }
  for (const session of sessions) await session.close()
  const [float, int8] = quickest as [number, number]
  console.log(
    `${threads} threads, batch ${batch}: ${float.toFixed(2)} ms -> ${int8.toFixed(2)} ms, ${(float / int8).toFixed(2)} times as fast`,
  )
}
