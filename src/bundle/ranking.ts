/** From probabilities to answers in words. */

/** A class and its probability, 0..1. */
export interface Prediction {
  readonly label: string
  readonly score: number
  /** Whether the picture is like none that the network was trained on, so that the score means little; else absent. */
  readonly unknown?: true
}

/** The most probable classes, the best first; equals in the order of the classes. */
export function topPredictions(
  probabilities: Float32Array,
  classNames: readonly string[],
  top: number,
): Prediction[] {
  if (!(top >= 1)) throw new RangeError(`Expected at least 1 answer. Received: ${top}`)
  return Array.from(probabilities, (score, k) => ({ label: classNames[k]!, score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, top)
}
