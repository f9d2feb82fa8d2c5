/** A distillation's checkpoint: all that it needs to go on and give the bits that it would have given. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { tensor } from '../graph/tensor.ts'
import { decodeSafetensors, encodeSafetensors } from '../model/weights/safetensors.ts'
import { digestOf } from '../train/checkpoint.ts'
import { messageOf, UserError } from '../util/errors.ts'
import { writeFileAtomic } from '../util/files.ts'
import type { StudentState } from './student.ts'

/** How far a distillation is. */
export interface Progress {
  /** Whole epochs done. */
  readonly epoch: number
  /** Steps done in the epoch under way. */
  readonly step: number
  /** Sums over the images of the epoch under way: of losses, and of agreements. */
  readonly lossSum: number
  readonly agreed: number
  /** Of plan, data and teachers; a checkpoint serves no other. */
  readonly fingerprint: string
}

const progressSchema: z.ZodType<Progress> = z.strictObject({
  epoch: z.int().nonnegative(),
  step: z.int().nonnegative(),
  lossSum: z.number(),
  agreed: z.number(),
  fingerprint: z.string(),
})

const pathIn = (run: string): string => join(run, 'checkpoint', 'state.safetensors')

/** Writes the checkpoint beside the old one and puts it in its place. */
export function writeDistillCheckpoint(run: string, progress: Progress, state: StudentState): void {
  const tensors = new Map(
    arraysOf(state).map(([name, data]) => [name, tensor('float32', [data.length], data)] as const),
  )
  const metadata = { progress: JSON.stringify(progress), sha256: digestOf(tensors) }
  writeFileAtomic(pathIn(run), encodeSafetensors(tensors, metadata))
}

/**
 * Puts the state of a run folder's checkpoint into the student's memory.
 *
 * @returns how far it is; null when there is no checkpoint
 * @throws UserError `run` when it is damaged, or of other data or another plan
 */
export function readDistillCheckpoint(run: string, fingerprint: string, into: StudentState): Progress | null {
  const path = pathIn(run)
  if (!existsSync(path)) return null
  const { progress, tensors } = parse(path)
  if (progress.fingerprint !== fingerprint) {
    throw new UserError(
      'run',
      `Cannot resume "${run}": its checkpoint is of other data, teachers or options`,
      {
        hint: 'give what the run was started with, or name a new folder with --run',
      },
    )
  }
  for (const [name, data] of arraysOf(into)) data.set(tensors.get(name)!.data as Float32Array)
  return progress
}

function parse(path: string): {
  progress: Progress
  tensors: ReturnType<typeof decodeSafetensors>['tensors']
} {
  try {
    const { tensors, metadata } = decodeSafetensors(readFileSync(path), path)
    if ((metadata['sha256'] ?? digestOf(tensors)) !== digestOf(tensors))
      throw new RangeError('its content does not match its checksum')
    return { tensors, progress: progressSchema.parse(JSON.parse(metadata['progress'] ?? '')) }
  } catch (error) {
    throw new UserError('run', `Cannot resume from "${path}": ${messageOf(error)}`, {
      cause: error,
      hint: 'delete the checkpoint to distill again from the beginning',
    })
  }
}

function arraysOf({ regions, statistics }: StudentState): [string, Float32Array][] {
  return [
    ...regions.map((data, index): [string, Float32Array] => [`regions/${index}`, data]),
    ...statistics.map((data, index): [string, Float32Array] => [`statistics/${index}`, data]),
  ]
}
