/** Which labels are probably wrong: confident learning (Northcutt, Jiang and Chuang 2021). */
import type { Matrix } from './products.ts'

/** A label that others contradict. */
export interface Suspect {
  readonly place: number
  /** The class that it looks like. */
  readonly likely: number
  /** 0..1: half of one minus the normalised margin, so above a half where another class is likelier than the given one. */
  readonly score: number
}

export interface LabelCheck {
  /** Of each example, 0..1; the higher, the more its label is doubted. All of them can be ranked by it. */
  readonly doubts: Float32Array
  /** Those that confident learning counts as wrong, the most doubted first. */
  readonly suspects: readonly Suspect[]
  /** The share of examples whose likeliest class is their label: how far the probe is to be trusted. */
  readonly agreement: number
}

/**
 * Compares labels with probabilities from a probe that has not seen them.
 *
 * A class' threshold is the mean probability that examples with that label have for it. An example is confidently of
 * the likeliest class among those whose threshold it reaches (the paper's equation 1); where that is not its label, it
 * is a suspect. They are ranked by normalised margin (section 3.2 of the paper's cleanlab).
 *
 * @param probabilities [N, K], rows that sum to 1
 */
export function checkLabels({ columns: classes, data }: Matrix, labels: readonly number[]): LabelCheck {
  const rowOf = (place: number): Float32Array => data.subarray(place * classes, (place + 1) * classes)
  const thresholds = thresholdsOf(rowOf, labels, classes)
  const doubts = new Float32Array(labels.length)
  const suspects: Suspect[] = []
  let agreeing = 0
  labels.forEach((label, place) => {
    const row = rowOf(place)
    const other = likeliest(row, c => c !== label)
    const score = (1 - (row[label]! - (row[other] ?? 0))) / 2
    doubts[place] = score
    if (score <= 0.5) agreeing++
    const likely = likeliest(row, c => row[c]! >= thresholds[c]!)
    if (likely !== -1 && likely !== label && score > 0.5) suspects.push({ place, likely, score })
  })
  suspects.sort((a, b) => b.score - a.score || a.place - b.place)
  return { doubts, suspects, agreement: labels.length === 0 ? 1 : agreeing / labels.length }
}

/** A class that is easy to tell has a mean near 1, which half of its examples miss by nothing: this is enough. */
const sure = 0.8

function thresholdsOf(
  rowOf: (place: number) => Float32Array,
  labels: readonly number[],
  classes: number,
): Float64Array {
  const sums = new Float64Array(classes)
  const counts = new Float64Array(classes)
  labels.forEach((label, place) => {
    sums[label]! += rowOf(place)[label]!
    counts[label]!++
  })
  // A class without examples can be nobody's.
  return sums.map((sum, label) =>
    counts[label] === 0 ? Number.POSITIVE_INFINITY : Math.min(sure, sum / counts[label]!),
  )
}

/** The class of the highest probability among those wanted; -1 when there is none. */
function likeliest(row: Float32Array, isWanted: (label: number) => boolean): number {
  let best = -1
  row.forEach((probability, label) => {
    if (isWanted(label) && (best === -1 || probability > row[best]!)) best = label
  })
  return best
}

/** Temperatures that are tried, from sharp to flat. */
const temperatures = Array.from({ length: 25 }, (_, step) => 0.02 * 1.2 ** step)

/**
 * Probabilities from scores: their softmax, at the temperature that suits the labels best (Guo et al. 2017).
 *
 * @param scores [N, K], any range
 * @returns [N, K]
 */
export function probabilitiesOf(scores: Matrix, labels: readonly number[]): Matrix {
  const losses = temperatures.map(temperature => {
    const { data, columns } = softmax(scores, temperature)
    return labels.reduce((sum, label, at) => sum - Math.log(Math.max(1e-12, data[at * columns + label]!)), 0)
  })
  return softmax(scores, temperatures[losses.indexOf(Math.min(...losses))]!)
}

function softmax({ rows, columns, data }: Matrix, temperature: number): Matrix {
  const result = new Float32Array(data.length)
  for (let row = 0; row < rows; row++) {
    const part = data.subarray(row * columns, (row + 1) * columns)
    const most = part.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
    const powers = part.map(score => Math.exp((score - most) / temperature))
    const sum = powers.reduce((a, b) => a + b, 0)
    result.set(
      powers.map(power => power / sum),
      row * columns,
    )
  }
  return { rows, columns, data: result }
}
