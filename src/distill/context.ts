/** What a distillation may ask of the world, and how often it speaks. */
import type { DistillEvent } from './types.ts'

export interface DistillerContext {
  emit(event: DistillEvent): void
  /** Asked to stop: the run ends at the next step and leaves a checkpoint. */
  readonly signal: AbortSignal
  /** Milliseconds, for rates and durations; results do not depend on it. */
  clock(): number
}

/** Lets a report through ten times a second at most. */
export function paced({ clock }: DistillerContext, report: (done: number) => void): (done: number) => void {
  let last = Number.NEGATIVE_INFINITY
  return done => {
    if (clock() - last < 100) return
    last = clock()
    report(done)
  }
}
