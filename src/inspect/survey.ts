/** A dataset gone through once, by every finder. */
import type { Dataset, Example } from '../dataset/types.ts'
import { openTrainingData } from '../train/data.ts'
import { classFindings } from './class-findings.ts'
import { duplicateFindings } from './duplicates.ts'
import { fileFindings } from './file-findings.ts'
import { duplicateGroups } from './groups.ts'
import { type LabelSurvey, surveyLabels } from './label-survey.ts'
import { looksOf } from './looks.ts'
import { type PoorPicture, poorPictures } from './pictures.ts'
import { type Thumbnail, thumbnailsOf } from './thumbnails.ts'
import {
  type Finding,
  type FindingKind,
  findingTitles,
  type SurveyOptions,
  type SurveyStage,
} from './types.ts'

export interface Survey extends LabelSurvey {
  /** The gravest kinds first; within a kind the surest. */
  readonly findings: readonly Finding[]
  readonly unreadable: number
  readonly thumbnails: ReadonlyMap<string, Thumbnail>
}

/**
 * Surveys a dataset. Pixels, looks and features are taken from the cache where it has them, and kept there.
 *
 * @param shown the ids of which thumbnails are wanted, given all findings
 * @throws the signal's reason, when it is aborted
 */
export async function surveyDataset(
  dataset: Dataset,
  options: SurveyOptions,
  shown: (findings: readonly Finding[]) => ReadonlySet<string>,
): Promise<Survey> {
  const { plan, cache, workers, signal, onProgress } = options
  const split = { train: dataset.examples, validation: [], test: [] }
  const data = await openTrainingData(split, { preprocessing: plan.preprocessing, cache, workers, signal })
  try {
    const all = dataset.examples.map((_, position) => position)
    const tell = (stage: SurveyStage, total: number) => (done: number) => onProgress(stage, done, total)
    const { looks, positions } = await looksOf(data, all, cache, tell('pictures', all.length))
    const examples = positions.map(position => dataset.examples[position]!)
    const keys = positions.map(position => data.keys[position]!)
    const groups = duplicateGroups(keys, looks)
    const files = await fileFindings(
      data,
      positions,
      dataset.classNames,
      tell('files', positions.length),
      signal,
    )
    const labels = await surveyLabels(dataset, data, options, positions, groups)
    const findings = inOrder([
      ...files.findings,
      ...duplicateFindings(groups, examples, keys, dataset.classNames),
      ...poorPictures(looks, files.shortSides).map(poor => poorFinding(poor, examples, dataset)),
      ...labels.findings,
      ...classFindings(dataset),
    ])
    const thumbnails = await thumbnailsOf(data, shown(findings))
    return { ...labels, findings, unreadable: data.unreadable.size, thumbnails }
  } finally {
    await data.close()
  }
}

function poorFinding(
  { place, finding, score, suggestion }: PoorPicture,
  examples: readonly Example[],
  { classNames }: Dataset,
): Finding {
  const { id, label } = examples[place]!
  return {
    id,
    label: label === null ? null : classNames[label]!,
    finding,
    severity: 'warning',
    suggestion,
    score,
    related: null,
    action: finding === 'blank' ? 'exclude' : 'review',
  }
}

const kinds = Object.keys(findingTitles) as FindingKind[]

function inOrder(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) => kinds.indexOf(a.finding) - kinds.indexOf(b.finding) || (b.score ?? 0) - (a.score ?? 0),
  )
}
