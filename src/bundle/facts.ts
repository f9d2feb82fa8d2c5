/** What a bundle says of itself: the JSON text `graft` among its metadata, checked. */
import { z } from 'zod'
import type { HeadOptions } from '../model/head.ts'
import type { Preprocessing } from '../pipeline/types.ts'
import { UserError } from '../util/errors.ts'
import type { BundleCard } from './card.ts'

/** The version of the format that is written, and the newest that is read. */
export const formatVersion = 1

/** Everything about a bundle that its graph does not say. */
export interface BundleFacts {
  readonly format: typeof formatVersion
  /** Distinct, in the order of the outputs. */
  readonly classNames: readonly string[]
  readonly preprocessing: Preprocessing
  readonly head: Pick<HeadOptions, 'pooling' | 'activation'>
  /** What the logits are divided by, above 0. */
  readonly temperature: number
  readonly card: BundleCard
  /** Of a network in whole numbers; absent where it computes in float32. */
  readonly quantization?: QuantizationFacts | undefined
  /** Of a bundle that can refuse; absent where the graph has no output `unfamiliarity`. */
  readonly reject?: RejectFacts | undefined
}

/** When a picture is like none that the network was trained on, and how that was measured. */
export interface RejectFacts {
  /** A picture whose unfamiliarity is greater is unknown. */
  readonly limit: number
  /** The share of new pictures of the known classes that is kept, 0..1. */
  readonly kept: number
  /** How many images the limit was taken from, and whether these were held out or cross-fitted training images. */
  readonly examples: number
  readonly source: 'validation' | 'training'
}

/** How a network came to whole numbers of 8 bits, and what it cost. */
export interface QuantizationFacts {
  readonly weights: 'int8'
  readonly activations: 'uint8'
  /** How many training pictures the scales were measured on. */
  readonly calibrated: number
  /** On the same pictures as the card's figures, 0..1: in float32 and in whole numbers. */
  readonly accuracyBefore: number
  readonly accuracyAfter: number
}

const maxClasses = 100_000
/** The largest side of the square that the network sees, in pixels. */
const maxSide = 1024

const level = z.int().min(0).max(255)
const share = z.number().min(0).max(1)
const count = z.int().min(0)

const figures = z.strictObject({
  examples: count,
  accuracy: share,
  loss: z.number().min(0),
  macroF1: share,
  rocAuc: share.nullable(),
})

const card = z.strictObject({
  createdBy: z.string(),
  createdAt: z.string().nullable(),
  backbone: z.strictObject({ name: z.string(), source: z.string(), licence: z.string() }),
  data: z.strictObject({
    name: z.string(),
    fingerprint: z.string(),
    train: count,
    validation: count,
    test: count,
  }),
  training: z.strictObject({ recipe: z.string(), seed: z.int(), epoch: count }),
  figures: z.strictObject({ validation: figures.nullable(), test: figures.nullable() }),
})

const schema: z.ZodType<BundleFacts> = z.strictObject({
  format: z.literal(formatVersion),
  classNames: z
    .array(z.string().min(1))
    .min(2)
    .max(maxClasses)
    .refine(names => new Set(names).size === names.length, { error: 'two classes have one name' }),
  preprocessing: z.strictObject({
    size: z.int().min(1).max(maxSide),
    fit: z.enum(['squash', 'pad', 'crop']),
    background: z.tuple([level, level, level]),
  }),
  head: z.strictObject({ pooling: z.enum(['average', 'max']), activation: z.enum(['sigmoid', 'softmax']) }),
  temperature: z.number().positive(),
  card,
  reject: z
    .strictObject({
      limit: z.number().positive(),
      kept: share,
      examples: count,
      source: z.enum(['validation', 'training']),
    })
    .optional(),
  quantization: z
    .strictObject({
      weights: z.literal('int8'),
      activations: z.literal('uint8'),
      calibrated: count,
      accuracyBefore: share,
      accuracyAfter: share,
    })
    .optional(),
})

/** The facts as text. Throws RangeError, which names the fact, when one is not what it may be. */
export function writeFacts(facts: BundleFacts): string {
  const checked = schema.safeParse(facts)
  if (!checked.success) throw new RangeError(`Expected facts of a bundle. ${firstIssue(checked.error)}`)
  return JSON.stringify(facts)
}

/**
 * The facts behind a text.
 *
 * @param name the file's name, for messages
 * @throws UserError `model` when the text is damaged, or of a newer version
 */
export function readFacts(text: string, name: string): BundleFacts {
  const value = parse(text, name)
  const version = z.object({ format: z.int() }).safeParse(value).data?.format
  if (version !== undefined && version > formatVersion) {
    const message = `Cannot use "${name}": it is a bundle of format ${version}, this version of Graft reads format ${formatVersion}`
    throw new UserError('model', message, { hint: 'use the version of Graft that made it, or a newer one' })
  }
  const checked = schema.safeParse(value)
  if (checked.success) return checked.data
  throw damaged(name, firstIssue(checked.error))
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw damaged(name, 'it is no JSON', cause)
  }
}

function firstIssue({ issues: [issue] }: z.ZodError): string {
  return `At "${issue?.path.join('.')}": ${issue?.message}`
}

function damaged(name: string, reason: string, cause?: unknown): UserError {
  const message = `Cannot use "${name}": what it says of itself makes no sense. ${reason}`
  return new UserError('model', message, { hint: 'fetch the file again, or export it anew', cause })
}
