/** How much of the engine's bare speed a training keeps: feature extraction from cached pixels, and a whole epoch. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readDataset } from '../src/dataset/dataset.ts'
import { splitDataset } from '../src/dataset/split.ts'
import { openSession } from '../src/graph/session.ts'
import { mobilenetV2 } from '../src/model/mobilenet-v2.ts'
import { defaultPreprocessing } from '../src/pipeline/types.ts'
import { openTrainingData, type TrainingData } from '../src/train/data.ts'
import { trainEpoch } from '../src/train/epoch.ts'
import { openExtractor } from '../src/train/features.ts'
import { phaseNetwork, prefixGraph } from '../src/train/network.ts'
import { planFor } from '../src/train/recipes.ts'
import { openPhaseEngine } from '../src/train/step.ts'
import type { Plan } from '../src/train/types.ts'
import type { View } from '../src/train/view.ts'
import { startingWeights } from '../src/train/weights.ts'
import type { Print } from './decode.ts'

const path = '../shared/data/cactus'
const batch = 64
const classes = 2

/** Prints both shares, measured on random weights: speed does not depend on their values. */
export async function benchTraining(print: Print, alpha: number, threads: number): Promise<void> {
  if (!existsSync(path)) return print(`training: left out, as there is no ${path}`)
  const cache = mkdtempSync(join(tmpdir(), 'graft-bench-'))
  const plan = planFor(
    { recipe: 'tutorial', seed: 1 },
    {
      classes,
      trainExamples: 0,
      weights: 'random',
      alpha,
      size: 96,
      threads,
      layers: mobilenetV2({ alpha, size: 96 }).layers,
    },
  )
  const split = splitDataset(await readDataset(path), { validation: 0.1, seed: 1 })
  const options = {
    preprocessing: defaultPreprocessing,
    cache,
    workers: threads,
    signal: new AbortController().signal,
  }
  const data = await openTrainingData(split, options)
  try {
    for await (const _ of data.pixels(data.train(), batch)); // decodes and caches
    await benchExtraction(print, plan, data, cache)
    await benchEpoch(print, plan, data, cache)
  } finally {
    await data.close()
    rmSync(cache, { recursive: true, force: true })
  }
}

const view = (plan: Plan): View => ({
  number: 0,
  augmentation: plan.phases[0]!.augmentation,
  seed: plan.seed,
})
const rate = (count: number, began: number): number => (count * 1000) / (performance.now() - began)

async function benchExtraction(print: Print, plan: Plan, data: TrainingData, cache: string): Promise<void> {
  const weights = await startingWeights(plan, classes, data)
  const prefix = prefixGraph(plan, classes, weights, ['pooled'])
  const bare = await bareRate(prefix, plan.threads, data.train().length)
  const extractor = openExtractor(prefix, data, { cache, threads: plan.threads })
  const began = performance.now()
  await extractor.ensure(['pooled'], data.train(), view(plan), () => {})
  const whole = rate(data.train().length, began)
  print(
    `features, alpha ${plan.model.alpha}: ${whole.toFixed(0)} images/s from cached pixels, ${bare.toFixed(0)} by the bare session: ${((100 * whole) / bare).toFixed(0)}%`,
  )
}

async function bareRate(
  prefix: Parameters<typeof openSession>[0],
  threads: number,
  count: number,
): Promise<number> {
  const session = await openSession(prefix, { threads })
  const image = {
    dtype: 'float32',
    shape: [batch, 3, 96, 96],
    data: new Float32Array(batch * 3 * 96 * 96).fill(0.1),
  } as const
  for (let warm = 0; warm < 5; warm++) await session.run({ image })
  const began = performance.now()
  const runs = Math.ceil(count / batch)
  for (let at = 0; at < runs; at++) await session.run({ image })
  const result = rate(runs * batch, began)
  await session.close()
  return result
}

async function benchEpoch(print: Print, plan: Plan, data: TrainingData, cache: string): Promise<void> {
  const phase = plan.phases[1]!
  const weights = await startingWeights(plan, classes, data)
  const network = phaseNetwork(plan, phase, classes, weights)
  const { value } = network.cut
  const extractor = openExtractor(prefixGraph(plan, classes, weights, [value]), data, {
    cache,
    threads: plan.threads,
  })
  await extractor.ensure([value], data.train(), view(plan), () => {})
  const { layers } = mobilenetV2({ alpha: plan.model.alpha, size: 96 })
  const engine = await openPhaseEngine(network, phase, layers, weights, plan)
  const labels = data.train().map(position => data.examples[position]!.label!)
  const table = extractor.table(value, data.train(), view(plan))
  const features = new Float32Array(plan.batchSize * table.length)
  const targets = new Float32Array(plan.batchSize).fill(1)
  const exampleWeights = new Float32Array(plan.batchSize).fill(1 / plan.batchSize)
  const steps = Math.ceil(labels.length / plan.batchSize)
  let inSteps = 0
  const timed = {
    ...engine,
    train: async (...args: Parameters<typeof engine.train>) => {
      const began = performance.now()
      const result = await engine.train(...args)
      inSteps += performance.now() - began
      return result
    },
  }
  const rates = { learningRate: 0, averagingDecay: 0 }
  for (let at = 1; at <= 20; at++) {
    await engine.train({ count: plan.batchSize, features, targets, weights: exampleWeights }, at, rates)
  }
  const began = performance.now()
  await trainEpoch(
    timed,
    { table, labels },
    {
      plan,
      phase,
      phaseIndex: 1,
      phaseEpoch: 0,
      classes,
      classWeights: Float64Array.of(1, 1),
      ratesAt: () => rates,
      afterStep: () => false,
    },
    { step: 0, lossSum: 0, logits: new Float32Array() },
  )
  const whole = performance.now() - began
  print(
    `fine-tuning, alpha ${plan.model.alpha}: ${steps} steps of ${(inSteps / steps).toFixed(1)} ms in an epoch of ${(whole / 1000).toFixed(1)} s: ${((100 * whole) / inSteps - 100).toFixed(1)}% more than its bare steps`,
  )
  await engine.close()
}
