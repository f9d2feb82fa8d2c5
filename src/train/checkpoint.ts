/** A checkpoint: all that an interrupted run needs to go on and give the bits that it would have given. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { bytesOf, tensor } from '../graph/tensor.ts'
import type { Tensor } from '../graph/types.ts'
import { decodeSafetensors, encodeSafetensors } from '../model/weights/safetensors.ts'
import { messageOf, UserError } from '../util/errors.ts'
import { writeFileAtomic } from '../util/files.ts'

/** A best epoch and its score; see `best.ts`. */
export interface Best {
  readonly epoch: number
  readonly score: number
}

/** How far a run is. */
export interface Progress {
  /** Index of the phase under way. */
  readonly phase: number
  /** Whole epochs done in the phase, and in the run. */
  readonly phaseEpoch: number
  readonly epoch: number
  /** Steps done in the epoch under way. */
  readonly step: number
  /** The best epoch of the phase, and of the run; null while there is none. */
  readonly phaseBest: Best | null
  readonly runBest: Best | null
  /** Sum of the losses of the epoch's examples so far. */
  readonly lossSum: number
  /** Of the plan and the data; a checkpoint serves no other. */
  readonly fingerprint: string
}

const bestSchema = z.nullable(z.strictObject({ epoch: z.int(), score: z.number() }))
const progressSchema: z.ZodType<Progress> = z.strictObject({
  phase: z.int().nonnegative(),
  phaseEpoch: z.int().nonnegative(),
  epoch: z.int().nonnegative(),
  step: z.int().nonnegative(),
  phaseBest: bestSchema,
  runBest: bestSchema,
  lossSum: z.number(),
  fingerprint: z.string(),
})

export interface Checkpoint {
  readonly progress: Progress
  /** Weights of the whole model. */
  readonly weights: ReadonlyMap<string, Tensor>
  /** The weights of the phase's and of the run's best epoch. */
  readonly phaseBest: ReadonlyMap<string, Tensor> | null
  readonly runBest: ReadonlyMap<string, Tensor> | null
  /** The optimizer's moments, each a flat region; none between phases. */
  readonly moments: readonly Float32Array[]
  /** Logits of the epoch's steps so far. */
  readonly logits: Float32Array
}

/** The checkpoint's file in a run folder. */
export function checkpointPath(run: string): string {
  return join(run, 'checkpoint', 'state.safetensors')
}

/** Writes the checkpoint beside the old one and puts it in its place. */
export function writeCheckpoint(run: string, checkpoint: Checkpoint): void {
  const vector = (data: Float32Array): Tensor => tensor('float32', [data.length], data)
  const group = (prefix: string, tensors: ReadonlyMap<string, Tensor> | null): [string, Tensor][] =>
    [...(tensors ?? [])].map(([name, value]) => [`${prefix}/${name}`, value])
  const tensors = new Map([
    ...group('weights', checkpoint.weights),
    ...group('phase-best', checkpoint.phaseBest),
    ...group('run-best', checkpoint.runBest),
    ...checkpoint.moments.map((data, index): [string, Tensor] => [`moments/${index}`, vector(data)]),
    ['logits', vector(checkpoint.logits)] as [string, Tensor],
  ])
  const metadata = { format: '1', progress: JSON.stringify(checkpoint.progress), sha256: digestOf(tensors) }
  writeFileAtomic(checkpointPath(run), encodeSafetensors(tensors, metadata))
}

/** The checkpoint of a run folder; null when it has none. @throws UserError `run` when it is damaged */
export function readCheckpoint(run: string): Checkpoint | null {
  const path = checkpointPath(run)
  if (!existsSync(path)) return null
  try {
    return parseCheckpoint(readFileSync(path), path)
  } catch (error) {
    throw new UserError('run', `Cannot resume from "${path}": ${messageOf(error)}`, {
      cause: error,
      hint: `delete the folder "${join(run, 'checkpoint')}" to train again from the beginning`,
    })
  }
}

function parseCheckpoint(bytes: Uint8Array, path: string): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes, path)
  if (metadata['format'] !== '1') throw new RangeError('it was written by another version of Graft')
  if (metadata['sha256'] !== digestOf(tensors))
    throw new RangeError('its content does not match its checksum')
  const group = (prefix: string): Map<string, Tensor> => {
    const start = `${prefix}/`
    const found = [...tensors].filter(([name]) => name.startsWith(start))
    return new Map(found.map(([name, value]) => [name.slice(start.length), value]))
  }
  const orNull = (found: Map<string, Tensor>): Map<string, Tensor> | null => (found.size > 0 ? found : null)
  const data = (value: Tensor): Float32Array => value.data as Float32Array
  return {
    progress: progressSchema.parse(JSON.parse(metadata['progress'] ?? '')),
    weights: group('weights'),
    phaseBest: orNull(group('phase-best')),
    runBest: orNull(group('run-best')),
    moments: [...group('moments')].sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => data(value)),
    logits: data(tensors.get('logits')!),
  }
}

/** SHA-256, in hexadecimal, over names and contents: what a checkpoint says of its tensors. */
export function digestOf(tensors: ReadonlyMap<string, Tensor>): string {
  const hash = createHash('sha256')
  for (const name of [...tensors.keys()].sort()) hash.update(name).update(bytesOf(tensors.get(name)!))
  return hash.digest('hex')
}
