/** The labels of a dataset compared with what a network sees, where there is enough to compare. */
import type { Dataset } from '../dataset/types.ts'
import type { TrainingData } from '../train/data.ts'
import type { Group } from './groups.ts'
import { labelFindings } from './label-findings.ts'
import { featuresOf } from './seen.ts'
import type { Finding, SurveyOptions } from './types.ts'

export interface LabelSurvey {
  readonly findings: readonly Finding[]
  /** The labelled examples by how much their labels are doubted, the most doubted first; empty where none could be compared. */
  readonly ranking: readonly { readonly id: string; readonly doubt: number }[]
  /** The share of labels that a probe confirms that has not seen them, 0..1; null where there was nothing to compare. */
  readonly agreement: number | null
}

/** Labels are compared when there are two classes and this many labelled pictures. */
const fewestLabelled = 10

/** @param positions of the readable examples @param groups of places among them */
export async function surveyLabels(
  { classNames, examples }: Dataset,
  data: TrainingData,
  { plan, cache, onProgress }: SurveyOptions,
  positions: readonly number[],
  groups: readonly Group[],
): Promise<LabelSurvey> {
  const labelled = positions.filter(position => examples[position]!.label !== null)
  if (classNames.length < 2 || labelled.length < fewestLabelled)
    return { findings: [], ranking: [], agreement: null }
  const features = await featuresOf(data, labelled, {
    plan,
    classes: classNames.length,
    cache,
    onProgress: done => onProgress('features', done, labelled.length),
  })
  const compared = labelled.map(position => examples[position]!)
  const placeOf = new Map(labelled.map((position, place) => [position, place]))
  const { findings, doubts, agreement } = await labelFindings(features, compared, {
    classNames,
    groups: groups.map(({ members }) => members.flatMap(place => placeOf.get(positions[place]!) ?? [])),
    seed: plan.seed,
    threads: plan.threads,
  })
  const ranking = compared.map(({ id }, place) => ({ id, doubt: doubts[place]! }))
  return { findings, ranking: ranking.sort((a, b) => b.doubt - a.doubt), agreement }
}
