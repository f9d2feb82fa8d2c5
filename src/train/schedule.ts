/** Learning rates over a phase, as factors of the phase's own. */
import type { Phase } from './types.ts'

/**
 * The learning rate of one step.
 *
 * - `constant`: the phase's rate.
 * - `cosine`: falls to 0 along half a cosine (Loshchilov and Hutter 2017, without restarts).
 * - `one-cycle`: rises along half a cosine to the phase's rate at a quarter of the way, then falls to 0 (Smith and
 *   Topin 2018, in fastai's form).
 *
 * Before that, `warmup` epochs rise linearly from 0.
 *
 * @param step counts from 0 through the phase
 */
export function learningRateAt(phase: Phase, step: number, stepsPerEpoch: number): number {
  const warmup = phase.warmup * stepsPerEpoch
  const rise = step < warmup ? (step + 1) / (warmup + 1) : 1
  const progress = step / (phase.epochs * stepsPerEpoch)
  return phase.learningRate * rise * shapeAt(phase, progress)
}

/**
 * How much of the averaged weights a step leaves: 1 - 1/n where n steps are averaged (Polyak and Juditsky 1992, as an
 * exponential moving average); less among the first steps, so that the start is soon forgotten.
 *
 * @param step counts from 1 through the phase
 */
export function averagingDecay({ averaging = 0 }: Phase, step: number, stepsPerEpoch: number): number {
  return Math.min(1 - 1 / Math.max(1, averaging * stepsPerEpoch), (1 + step) / (10 + step))
}

const peak = 0.25

function shapeAt({ schedule }: Phase, progress: number): number {
  const fall = (part: number): number => (1 + Math.cos(Math.PI * part)) / 2
  switch (schedule) {
    case 'constant':
      return 1
    case 'cosine':
      return fall(progress)
    case 'one-cycle':
      return progress < peak ? 0.04 + 0.96 * fall(1 - progress / peak) : fall((progress - peak) / (1 - peak))
    default:
      return schedule satisfies never
  }
}
