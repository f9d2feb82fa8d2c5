/** What a user may say of a distillation, and the plan that comes of it. */
import { resolve } from 'node:path'
import { z } from 'zod'
import { embeddedBackbone } from '../model/embedded/backbone.ts'
import { augmentations } from '../pipeline/augmentation.ts'
import { checked, text, threadCount } from '../util/options.ts'
import type { DistillPlan } from './types.ts'

/** Options of `distill`, with the names and units of the command line's. */
export interface DistillOptions {
  /** Width of the student; default 0.35. */
  readonly alpha?: number | undefined
  /** Side of the square that the student will see, in pixels, a multiple of 32; default 96. */
  readonly size?: number | undefined
  /** A file of MobileNetV2 weights that the student starts from, or `embedded`; default: random ones. */
  readonly weights?: string | undefined
  /** Side of the square that the teachers see, in pixels; default 224. */
  readonly teacherSize?: number | undefined
  /** Cached views of each image; default 2. */
  readonly views?: number | undefined
  /** Epochs at the student's size; default 1. */
  readonly epochs?: number | undefined
  /** Epochs before them, at a smaller size that costs less; default 13. */
  readonly smallEpochs?: number | undefined
  /** That smaller size, in pixels, a multiple of 32; default two thirds of the size. */
  readonly smallSize?: number | undefined
  readonly batchSize?: number | undefined
  readonly learningRate?: number | undefined
  readonly weightDecay?: number | undefined
  readonly temperature?: number | undefined
  readonly logitWeight?: number | undefined
  readonly validation?: number | undefined
  readonly seed?: number | undefined
  readonly threads?: number | undefined
}

const side = (): z.ZodNumber => z.int().min(32).max(1024).multipleOf(32)
const shape = {
  alpha: z.number().min(0.1).max(4),
  size: side(),
  weights: text(),
  teacherSize: side(),
  views: z.int().min(1).max(100),
  epochs: z.int().min(1).max(10_000),
  smallEpochs: z.int().min(0).max(10_000),
  smallSize: side(),
  batchSize: z.int().min(2).max(4096),
  learningRate: z.number().positive().max(1),
  weightDecay: z.number().min(0).max(1),
  temperature: z.number().positive().max(100),
  logitWeight: z.number().min(0).max(100),
  validation: z.number().positive().max(0.5),
  seed: z.int().nonnegative(),
  threads: threadCount(),
}

/**
 * The plan for some options; what is left out gets the values by which the embedded backbone was made.
 *
 * @throws UserError `usage` that names the option that cannot be used
 */
export function distillPlan(
  options: DistillOptions,
  teachers: readonly string[],
  threads: number,
): DistillPlan {
  const given: DistillOptions = checked(shape, options)
  const size = given.size ?? 96
  const smallSize = given.smallSize ?? Math.max(32, Math.round(size / 48) * 32)
  return {
    student: { name: 'mobilenet_v2', alpha: given.alpha ?? 0.35, size },
    weights: given.weights === undefined ? null : pathOf(given.weights),
    teachers,
    teacherSize: given.teacherSize ?? 224,
    views: given.views ?? 2,
    augmentation: { ...augmentations.none, crop: 0.6, brightness: 0.2, contrast: 0.2, saturation: 0.2 },
    stages: [
      { size: smallSize, epochs: given.smallEpochs ?? 13 },
      { size, epochs: given.epochs ?? 1 },
    ],
    batchSize: given.batchSize ?? 64,
    learningRate: given.learningRate ?? 2e-3,
    weightDecay: given.weightDecay ?? 0.03,
    temperature: given.temperature ?? 2,
    logitWeight: given.logitWeight ?? 0.1,
    momentum: 0.98,
    averaging: 0.995,
    validation: given.validation ?? 0.02,
    seed: given.seed ?? 1,
    threads: given.threads ?? threads,
  }
}

function pathOf(weights: string): string {
  const embedded = embeddedBackbone()
  return weights === embedded.id ? embedded.path : resolve(weights)
}
