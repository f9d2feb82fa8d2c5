/** The weights that a student starts from. */
import { createHash } from 'node:crypto'
import { bytesOf } from '../graph/tensor.ts'
import type { Tensor } from '../graph/types.ts'
import { mobilenetV2 } from '../model/mobilenet-v2.ts'
import { matchWeights } from '../model/weights/match.ts'
import { readWeights } from '../model/weights/read.ts'
import type { DistillPlan } from './types.ts'

export interface Start {
  /** The backbone's, float32; empty where all is drawn at random. */
  readonly weights: ReadonlyMap<string, Tensor>
  /** Of the weights, in hexadecimal digits; null for random ones. */
  readonly digest: string | null
}

/** @throws UserError `weights` when the plan's file does not fit the student */
export async function startOf({ weights, student: { alpha, size } }: DistillPlan): Promise<Start> {
  if (weights === null) return { weights: new Map(), digest: null }
  const { graph, input } = mobilenetV2({ alpha, size })
  const expected = graph.inputs.filter(({ name }) => name !== input)
  const shapes = new Map(expected.map(({ name, shape }) => [name, { shape: shape as readonly number[] }]))
  const { tensors } = matchWeights(shapes, await readWeights(weights))
  const hash = createHash('sha256')
  for (const tensor of tensors.values()) hash.update(bytesOf(tensor))
  return { weights: tensors, digest: hash.digest('hex') }
}
