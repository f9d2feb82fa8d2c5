/** What a user may say of a training, checked where it comes in; all of it may be left out. */
import { z } from 'zod'
import { augmentations } from '../pipeline/augmentation.ts'
import { checked, count, text, threadCount } from '../util/options.ts'

/** Options of `train`, with the names and units of the command line's `--kebab-case` ones. */
export interface TrainOptions {
  /** `auto` (default): the most accurate in the least time. `tutorial`: TensorFlow's tutorial to the letter. */
  readonly recipe?: 'auto' | 'tutorial' | undefined
  /** A file or folder with pretrained weights, or `random`. Default: the ones that Graft has or can fetch. */
  readonly weights?: string | undefined
  /** Width multiplier of MobileNetV2. Default: that of the weights. */
  readonly alpha?: number | undefined
  /** Side of the square that the network sees, in pixels, a multiple of 32. Default: by the images' size. */
  readonly size?: number | undefined
  /** How a picture becomes a square; default `squash`. */
  readonly fit?: 'squash' | 'pad' | 'crop' | undefined
  /** Epochs of each phase: of the head, then of fine-tuning. */
  readonly epochs?: number | readonly number[] | undefined
  readonly batchSize?: number | undefined
  /** Of the head; fine-tuning keeps its ratio to it. */
  readonly learningRate?: number | undefined
  /** The first layer that fine-tuning trains, by Keras' index or name; `none` leaves fine-tuning out. */
  readonly fineTuneAt?: number | string | undefined
  readonly optimizer?: 'adam' | 'adamw' | 'sgd' | undefined
  readonly schedule?: 'constant' | 'cosine' | 'one-cycle' | undefined
  readonly pooling?: 'average' | 'max' | undefined
  readonly batchNorm?: 'frozen' | 'batch' | undefined
  readonly augment?: keyof typeof augmentations | undefined
  readonly views?: number | undefined
  /** Epochs without a better figure after which a phase ends; 0: never. */
  readonly patience?: number | undefined
  readonly classWeights?: 'none' | 'balanced' | Readonly<Record<string, number>> | undefined
  readonly labelSmoothing?: number | undefined
  /** Share of the examples held out, 0 up to but not including 1; default 0.1, where the data names no split. */
  readonly validation?: number | undefined
  /** Keep copies of a picture, exact or near, on one side of the split. Default: yes, but not in `tutorial`. */
  readonly groupDuplicates?: boolean | undefined
  readonly seed?: number | undefined
  readonly threads?: number | undefined
  /** Train although more than 1% of the files cannot be read. */
  readonly skipBad?: boolean | undefined
}

const number = (): z.ZodNumber => z.number()
const shape = {
  recipe: z.enum(['auto', 'tutorial']),
  weights: text(),
  alpha: number().min(0.1).max(4),
  size: z.int().min(32).max(1024).multipleOf(32),
  fit: z.enum(['squash', 'pad', 'crop']),
  epochs: z.union([count().max(10_000), z.array(z.int().min(0).max(10_000)).min(1).max(2)], {
    error: 'wanted a whole number from 1 to 10,000, or one for each of two phases',
  }),
  batchSize: count().max(4096),
  learningRate: number().positive().max(10),
  fineTuneAt: z.union([z.int().nonnegative(), text()], { error: "wanted a layer's index or name, or none" }),
  optimizer: z.enum(['adam', 'adamw', 'sgd']),
  schedule: z.enum(['constant', 'cosine', 'one-cycle']),
  pooling: z.enum(['average', 'max']),
  batchNorm: z.enum(['frozen', 'batch']),
  augment: z.enum(Object.keys(augmentations) as [keyof typeof augmentations]),
  views: count().max(1000),
  patience: z.int().nonnegative(),
  classWeights: z.union([z.enum(['none', 'balanced']), z.record(z.string(), number().positive())], {
    error: 'wanted none, balanced, or a number above 0 for each class name',
  }),
  labelSmoothing: number().min(0).max(0.9),
  validation: number().min(0).lt(1),
  groupDuplicates: z.boolean(),
  seed: z.int().nonnegative(),
  threads: threadCount(),
  skipBad: z.boolean(),
}

/**
 * Options from outside, such as a configuration file's.
 *
 * @throws UserError `usage` that names the option, what was wanted and what was received, and the nearest known name
 */
export function checkOptions(options: unknown): TrainOptions {
  return checked(shape, options)
}
