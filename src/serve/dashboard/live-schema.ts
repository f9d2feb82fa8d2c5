/** The lines of `live.jsonl` that a dashboard understands; any other line is skipped, as is one that was cut off. */
import { z } from 'zod'

const count = z.int().nonnegative()
const share = z.number().min(0).max(1)

const start = z.object({ at: z.number(), event: z.literal('start') })
const progress = z.object({
  at: z.number(),
  event: z.literal('progress'),
  stage: z.enum(['download', 'read', 'features', 'train']),
  phase: z.string().nullable(),
  epoch: count.nullable(),
  epochs: count.nullable(),
  done: count,
  total: count,
  loss: z.number().optional(),
})
const predictions = z.object({
  at: z.number(),
  event: z.literal('predictions'),
  epoch: count,
  examples: z.array(
    z.object({ id: z.string(), label: count, predicted: count, score: share, labelScore: share }),
  ),
})
const end = z.object({
  at: z.number(),
  event: z.literal('end'),
  how: z.enum(['done', 'stopped', 'failed']),
  message: z.string().nullable(),
})
const line = z.discriminatedUnion('event', [start, progress, predictions, end])

export type LiveLine = z.infer<typeof line>
export type ProgressLine = z.infer<typeof progress>
export type PredictionsLine = z.infer<typeof predictions>
export type EndLine = z.infer<typeof end>

/** What a line says; null when it is not understood. */
export function parseLive(text: string): LiveLine | null {
  try {
    return line.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
