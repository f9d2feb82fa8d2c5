/** Which epoch is the best one. */
import type { Best } from './checkpoint.ts'
import type { EpochRecord } from './types.ts'

/**
 * An epoch's score, greater is better: validation accuracy, and among equal ones the smaller loss. Without a
 * validation set, the training figures stand in.
 */
export function scoreOf({ train, validation }: Pick<EpochRecord, 'train' | 'validation'>): number {
  const { accuracy, loss } = validation ?? train
  return accuracy - Math.min(loss, 100) * 1e-5
}

/** Whether a score beats the best so far. */
export function isBetter(score: number, best: Best | null): boolean {
  return best === null || score > best.score
}
