/** How the learning rate and the pictures' size run through a distillation. */
import type { DistillPlan } from './types.ts'

/** The size of the pictures in an epoch, counted from 0; after the last one, that of the last stage. */
export function sizeAt({ stages, student }: DistillPlan, epoch: number): number {
  let end = 0
  for (const { size, epochs } of stages) {
    end += epochs
    if (epoch < end) return size
  }
  return student.size
}

/**
 * The learning rate at a part, 0..1, of an epoch: it rises in a straight line over the first, then falls to 0 along
 * half a cosine over the others (Loshchilov and Hutter 2017, without restarts).
 */
export function learningRateAt(plan: DistillPlan, epoch: number, part: number): number {
  const { learningRate } = plan
  const epochs = epochsOf(plan)
  const now = epoch + part
  if (now < 1) return learningRate * Math.max(now, 1e-3)
  return (learningRate * (1 + Math.cos((Math.PI * (now - 1)) / Math.max(1, epochs - 1)))) / 2
}

/** How many epochs there are, of all sizes. */
export function epochsOf({ stages }: DistillPlan): number {
  return stages.reduce((sum, { epochs }) => sum + epochs, 0)
}
