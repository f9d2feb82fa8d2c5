/** What `run.json` and `metrics.jsonl` must hold, checked when they are read: anybody may have edited them. */
import { z } from 'zod'
import type { Augmentation } from '../pipeline/augmentation.ts'
import { augmentations } from '../pipeline/augmentation.ts'
import type { RunRecord } from './run-record.ts'
import type { EpochRecord } from './types.ts'

const share = z.number().min(0).max(1)
const count = z.int().nonnegative()
const level = z.int().min(0).max(255)
const names = z.array(z.string())

const augmentation = z.object(
  Object.fromEntries(Object.keys(augmentations.none).map(name => [name, z.number()])) as {
    [Name in keyof Augmentation]: z.ZodNumber
  },
)
const moment = share.optional()
const optimizer = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('adam'), beta1: moment, beta2: moment, epsilon: z.number().optional() }),
  z.looseObject({ type: z.literal('adamw'), beta1: moment, beta2: moment, epsilon: z.number().optional() }),
  z.looseObject({ type: z.literal('sgd'), momentum: moment }),
])

const phase = z.looseObject({
  name: z.string(),
  epochs: z.int().min(0).max(1_000_000),
  fromLayer: count.nullable(),
  batchNorm: z.enum(['frozen', 'batch']),
  learningRate: z.number().positive(),
  layerDecay: z.number().positive(),
  schedule: z.enum(['constant', 'cosine', 'one-cycle']),
  warmup: z.number().nonnegative(),
  optimizer,
  averaging: z.number().nonnegative().optional(),
  labelSmoothing: share,
  augmentation,
  views: z.int().min(1),
  patience: count.nullable(),
  keep: z.enum(['best', 'last']),
})

const plan = z.looseObject({
  recipe: z.string(),
  model: z.looseObject({
    name: z.literal('mobilenet_v2'),
    alpha: z.number().min(0.1).max(4),
    weights: z.string().min(1),
  }),
  preprocessing: z.looseObject({
    size: z.int().min(32).max(1024).multipleOf(32),
    fit: z.enum(['squash', 'pad', 'crop']),
    background: z.tuple([level, level, level]),
  }),
  head: z.looseObject({
    pooling: z.enum(['average', 'max']),
    activation: z.enum(['sigmoid', 'softmax']),
    initial: z.enum(['zeros', 'glorot']),
  }),
  batchSize: z.int().min(1).max(4096),
  classWeights: z.union([z.enum(['none', 'balanced']), z.record(z.string(), z.number().positive())]),
  phases: z.array(phase),
  seed: count,
  threads: z.int().min(1).max(256),
})

/** Members that other versions add are let through. */
export const runSchema: z.ZodType<RunRecord> = z.looseObject({
  format: z.literal(1),
  versions: z.record(z.string(), z.string()),
  command: names.optional(),
  plan,
  maxUnreadable: share,
  backbone: z.looseObject({ name: z.string(), source: z.string(), licence: z.string() }),
  data: z.looseObject({
    root: z.string(),
    fingerprint: z.string(),
    classNames: names.min(2),
    examples: z.looseObject({ train: count, validation: count, test: count }),
    validation: names,
    test: names,
    columns: z.looseObject({ id: z.string(), label: z.string() }).optional(),
  }),
}) as unknown as z.ZodType<RunRecord>

// A loss that ran away is written as null, as JSON has no other word for it.
const figure = z.number().nullable()
const figures = z.looseObject({ loss: figure, accuracy: figure, macroF1: figure, rocAuc: figure })

export const epochSchema: z.ZodType<EpochRecord> = z.looseObject({
  epoch: z.int().min(1),
  phase: z.string(),
  learningRate: z.number(),
  train: figures,
  validation: figures.nullable(),
  isBest: z.boolean(),
  seconds: z.number(),
}) as unknown as z.ZodType<EpochRecord>
