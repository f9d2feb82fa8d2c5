/** Wrong labels and outliers, from what a network sees in the pictures. */
import { randomOf } from '../util/random.ts'
import { quoted } from '../util/words.ts'
import { checkLabels, probabilitiesOf } from './confident.ts'
import { nearestOf, votesOf } from './neighbours.ts'
import { outliersOf } from './outliers.ts'
import { probeScores, standardised } from './probe.ts'
import { type Matrix, openProducts } from './products.ts'
import type { Finding, Inspected } from './types.ts'

export interface LabelReport {
  readonly findings: readonly Finding[]
  /** By place: how much the label is doubted, 0..1. */
  readonly doubts: Float32Array
  /** The share of labels that the probe confirms, 0..1; null where there was nothing to compare. */
  readonly agreement: number | null
}

export interface LabelOptions {
  readonly classNames: readonly string[]
  /** Places of copies that belong together. */
  readonly groups: readonly (readonly number[])[]
  readonly seed: number
  readonly threads: number
}

/** Neighbours that are asked for their labels; docs/inspect.md has the measurements. */
const asked = 10
/** Below this share of confirmed labels the probe knows too little for its doubts to mean much. */
const leastAgreement = 0.8

/**
 * Looks for both among labelled examples.
 *
 * @param features [N, D], one row for each example; overwritten
 */
export async function labelFindings(
  features: Matrix,
  examples: readonly Inspected[],
  { classNames, groups, seed, threads }: LabelOptions,
): Promise<LabelReport> {
  const labels = examples.map(({ label }) => label!)
  const products = await openProducts(threads)
  try {
    const seen = standardised(features)
    const scores = await probeScores(seen, labels, classNames.length, groups, products)
    const nearest = await nearestOf(seen, asked, products, randomOf(seed, 'neighbours'))
    const votes = votesOf(nearest, labels, classNames.length, groups)
    const { suspects, doubts, agreement } = checkLabels(blend(probabilitiesOf(scores, labels), votes), labels)
    const wrong = suspects.map(({ place, likely, score }): Finding => {
      const severity = agreement >= leastAgreement ? 'warning' : 'note'
      const suggestion = `it looks like ${quoted(classNames[likely]!)}`
      return {
        ...base(place),
        finding: 'wrong-label',
        severity,
        suggestion,
        score,
        related: classNames[likely]!,
      }
    })
    const odd = outliersOf(nearest).map(({ place, deviations }): Finding => {
      const suggestion = 'it looks like no other picture: does it belong here?'
      return {
        ...base(place),
        finding: 'outlier',
        severity: 'note',
        suggestion,
        score: 1 - 1 / deviations,
        related: null,
      }
    })
    return { findings: [...wrong, ...odd], doubts, agreement }
  } finally {
    await products.close()
  }

  function base(place: number): Pick<Finding, 'id' | 'label' | 'action'> {
    return { id: examples[place]!.id, label: classNames[labels[place]!]!, action: 'review' }
  }
}

/** The mean of what the probe and the neighbours say. */
function blend(probabilities: Matrix, votes: Matrix): Matrix {
  return { ...votes, data: probabilities.data.map((value, at) => (value + votes.data[at]!) / 2) }
}
