/** The lines of `live.jsonl` that a dashboard understands; any other line is skipped, as is one that was cut off. */
import { z } from 'zod'
import type { EndRecord } from '../../train/live.ts'
import type { TrainEvent } from '../../train/types.ts'

/** Milliseconds since 1970. */
interface Timed {
  readonly at: number
}

export type StartLine = Timed & { readonly event: 'start' }
export type ProgressLine = Timed & Extract<TrainEvent, { event: 'progress' }>
export type PredictionsLine = Timed & Extract<TrainEvent, { event: 'predictions' }>
export type EndLine = Timed & EndRecord
export type LiveLine = StartLine | ProgressLine | PredictionsLine | EndLine

const at = z.number()
const count = z.int().nonnegative()
const share = z.number().min(0).max(1)

const progress = z.object({
  at,
  event: z.literal('progress'),
  stage: z.enum(['download', 'read', 'features', 'train']),
  phase: z.string().nullable(),
  epoch: z.int().positive().nullable(),
  epochs: count.nullable(),
  done: count,
  total: count,
  loss: z.number().exactOptional(),
})
const example = z.object({ id: z.string(), label: count, predicted: count, score: share, labelScore: share })
const ending = z.enum(['done', 'stopped', 'failed'])

const line: z.ZodType<LiveLine> = z.discriminatedUnion('event', [
  z.object({ at, event: z.literal('start') }),
  progress,
  z.object({ at, event: z.literal('predictions'), epoch: count, examples: z.array(example) }),
  z.object({ at, event: z.literal('end'), how: ending, message: z.string().nullable() }),
])

/** What a line says; null when it is not understood. */
export function parseLive(text: string): LiveLine | null {
  try {
    return line.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
