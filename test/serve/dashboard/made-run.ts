/** Run folders for tests, as a training would leave them at any moment. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LiveLine } from '../../../src/serve/dashboard/live-schema.ts'
import type { EpochRecord, WatchedExample } from '../../../src/train/types.ts'
import { madePhase } from '../../train/made-phase.ts'

const plan = {
  recipe: 'auto',
  model: { name: 'mobilenet_v2', alpha: 0.35, weights: 'random' },
  preprocessing: { size: 32, fit: 'squash', background: [255, 255, 255] },
  head: { pooling: 'average', activation: 'softmax', initial: 'zeros' },
  batchSize: 32,
  classWeights: 'none',
  phases: [madePhase()],
  seed: 1,
  threads: 1,
}

/** A name that would be markup, were it not escaped. */
export const classNames: readonly string[] = ['cold', '<b>warm</b>']

/** Writes the folder of a run that has begun. @returns its path */
export function madeRun(root: string, name: string): string {
  const run = join(root, name)
  mkdirSync(run, { recursive: true })
  const examples = { train: 100, validation: 20, test: 0 }
  const data = { root: 'data', fingerprint: 'f', classNames, examples, validation: [], test: [] }
  const backbone = { name: 'MobileNetV2', source: 'nowhere', licence: 'none' }
  writeFileSync(
    join(run, 'run.json'),
    JSON.stringify({ format: 1, versions: {}, plan, maxUnreadable: 0, backbone, data }),
  )
  return run
}

export function tellLive(run: string, ...lines: readonly LiveLine[]): void {
  appendFileSync(join(run, 'live.jsonl'), lines.map(line => `${JSON.stringify(line)}\n`).join(''))
}

export function tellEpoch(run: string, epoch: number, accuracy: number): void {
  const figures = { loss: 1 - accuracy, accuracy, macroF1: accuracy, rocAuc: accuracy }
  const base = { epoch, phase: 'head', learningRate: 0.1, isBest: true, seconds: 1 }
  const record: EpochRecord = { ...base, train: figures, validation: figures }
  appendFileSync(join(run, 'metrics.jsonl'), `${JSON.stringify(record)}\n`)
}

export function progress(at: number, epoch: number, done: number, loss = 0.5): LiveLine {
  return { at, event: 'progress', stage: 'train', phase: 'head', epoch, epochs: 4, done, total: 100, loss }
}

export function predictions(at: number, epoch: number, predicted: readonly number[]): LiveLine {
  const examples = predicted.map((label, place): WatchedExample => {
    const isRight = label === place % 2
    return {
      id: `${place}.png`,
      label: place % 2,
      predicted: label,
      score: 0.8,
      labelScore: isRight ? 0.8 : 0.2,
    }
  })
  return { at, event: 'predictions', epoch, examples }
}
