/** Runs to draw, made by formulas. */
import type { EpochRecord } from '../../src/report/types.ts'

/** The tutorial's shape: a frozen phase that levels off, then fine-tuning that rises again. */
export function tutorialRun(head: number, fineTune: number): EpochRecord[] {
  return Array.from({ length: head + fineTune }, (_, i) => {
    const epoch = i + 1
    const tuned = Math.max(0, epoch - head)
    const error = 0.025 + 0.07 * Math.exp(-epoch / 8) - 0.018 * (1 - Math.exp(-tuned / 5))
    const wobble = 0.002 * Math.sin(epoch * 2.1)
    return {
      epoch,
      phase: epoch <= head ? 'head' : 'fine-tune',
      train: { accuracy: 1 - error + 0.003, loss: 2.2 * error },
      validation: { accuracy: 1 - error + wobble, loss: 2.4 * error - 2 * wobble },
    }
  })
}

/** An epoch with the same figures on train and validation. */
export function epochOf(
  epoch: number,
  phase: string,
  accuracy: number | null,
  loss: number | null,
): EpochRecord {
  return { epoch, phase, train: { accuracy, loss }, validation: { accuracy, loss } }
}
