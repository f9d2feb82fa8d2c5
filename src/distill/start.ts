/** The weights that a student starts from. */
import { createHash } from 'node:crypto'
import { bytesOf } from '../graph/tensor.ts'
import type { Tensor } from '../graph/types.ts'
import { mobilenetV2 } from '../model/mobilenet-v2.ts'
import { backboneWeights } from '../model/weights/backbone.ts'
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
  const tensors = await backboneWeights(mobilenetV2({ alpha, size }), weights)
  const hash = createHash('sha256')
  for (const tensor of tensors.values()) hash.update(bytesOf(tensor))
  return { weights: tensors, digest: hash.digest('hex') }
}
