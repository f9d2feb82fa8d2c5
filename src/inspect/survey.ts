/** A dataset gone through once, by every finder. */
import type { Dataset, Example } from '../dataset/types.ts'
import { openTrainingData, type TrainingData } from '../train/data.ts'
import type { Plan } from '../train/types.ts'
import { imbalanceFindings } from './balance.ts'
import { likeNames } from './class-names.ts'
import { duplicateFindings } from './duplicates.ts'
import { fileFindings } from './file-findings.ts'
import { duplicateGroups } from './groups.ts'
import { type LabelReport, labelFindings } from './label-findings.ts'
import { looksOf } from './looks.ts'
import { poorPictures } from './pictures.ts'
import { featuresOf } from './seen.ts'
import { type Finding, type FindingKind, findingTitles, type Inspected } from './types.ts'

/** What is being counted while a survey goes on. */
export type SurveyStage = 'pictures' | 'files' | 'features'

export interface SurveyOptions {
  /** Which network looks, at which pixels. */
  readonly plan: Plan
  readonly cache: string
  readonly workers: number
  readonly signal: AbortSignal
  readonly onProgress: (stage: SurveyStage, done: number, total: number) => void
}

/** A small picture of an example, as the network sees it. */
export interface Thumbnail {
  readonly id: string
  /** uint8 RGB [size, size, 3] */
  readonly pixels: Uint8Array
  readonly size: number
}

export interface Survey {
  /** The gravest kinds first; within a kind the surest. */
  readonly findings: readonly Finding[]
  /** The labelled examples by how much their labels are doubted, the most doubted first; empty where none could be compared. */
  readonly ranking: readonly { readonly id: string; readonly doubt: number }[]
  /** The share of labels that a probe confirms that has not seen them, 0..1; null where there was nothing to compare. */
  readonly agreement: number | null
  readonly unreadable: number
  readonly thumbnails: ReadonlyMap<string, Thumbnail>
}

/** Labels are compared when there are two classes and this many labelled pictures. */
const fewestLabelled = 10

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
    const examples = positions.map(position => inspected(dataset.examples[position]!))
    const keys = positions.map(position => data.keys[position]!)
    const groups = duplicateGroups(keys, looks)
    const files = await fileFindings(
      data,
      positions,
      dataset.classNames,
      tell('files', positions.length),
      signal,
    )
    const poor = poorPictures(looks, files.shortSides).map(
      ({ place, finding, score, suggestion }): Finding => {
        const { id, label } = examples[place]!
        const action = finding === 'blank' ? 'exclude' : 'review'
        return {
          id,
          label: nameOf(dataset, label),
          finding,
          severity: 'warning',
          suggestion,
          score,
          related: null,
          action,
        }
      },
    )
    const members = groups.map(group => group.members)
    const labels = await labelReport(dataset, data, options, positions, members)
    const findings = inOrder([
      ...files.findings,
      ...duplicateFindings(groups, examples, keys, dataset.classNames),
      ...poor,
      ...(labels?.report.findings ?? []),
      ...classFindings(dataset),
    ])
    return {
      findings,
      ranking: labels === null ? [] : rankingOf(labels),
      agreement: labels?.report.agreement ?? null,
      unreadable: data.unreadable.size,
      thumbnails: await thumbnailsOf(data, shown(findings)),
    }
  } finally {
    await data.close()
  }
}

function inspected({ id, label, split }: Example): Inspected {
  return { id, label, split }
}

function nameOf({ classNames }: Dataset, label: number | null): string | null {
  return label === null ? null : classNames[label]!
}

interface Labels {
  readonly report: LabelReport
  readonly examples: readonly Inspected[]
}

/** @param positions of the readable examples @param groups of places among them */
async function labelReport(
  { classNames, examples }: Dataset,
  data: TrainingData,
  options: SurveyOptions,
  positions: readonly number[],
  groups: readonly (readonly number[])[],
): Promise<Labels | null> {
  const labelled = positions.filter(position => examples[position]!.label !== null)
  if (classNames.length < 2 || labelled.length < fewestLabelled) return null
  const features = await featuresOf(data, labelled, {
    plan: options.plan,
    classes: classNames.length,
    cache: options.cache,
    onProgress: done => options.onProgress('features', done, labelled.length),
  })
  const placeOf = new Map(labelled.map((position, place) => [position, place]))
  const report = await labelFindings(
    features,
    labelled.map(position => inspected(examples[position]!)),
    {
      classNames,
      groups: groups.map(group => group.flatMap(place => placeOf.get(positions[place]!) ?? [])),
      seed: options.plan.seed,
      threads: options.plan.threads,
    },
  )
  return { report, examples: labelled.map(position => inspected(examples[position]!)) }
}

function classFindings({ classNames, examples }: Dataset): Finding[] {
  const counts = classNames.map(() => 0)
  for (const { label } of examples) if (label !== null) counts[label]!++
  const typos = likeNames(classNames, counts).map(({ rare, common, difference }): Finding => {
    const suggestion = `it differs from "${common}" by ${difference} only: if they are one class, give them one name`
    return {
      id: null,
      finding: 'label-typo',
      severity: 'warning',
      label: rare,
      suggestion,
      score: null,
      related: common,
      action: 'review',
    }
  })
  return [...typos, ...imbalanceFindings(classNames, counts)]
}

const kinds = Object.keys(findingTitles) as FindingKind[]

function inOrder(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) => kinds.indexOf(a.finding) - kinds.indexOf(b.finding) || (b.score ?? 0) - (a.score ?? 0),
  )
}

function rankingOf({ report, examples }: Labels): Survey['ranking'] {
  return examples
    .map(({ id }, place) => ({ id, doubt: report.doubts[place]! }))
    .sort((a, b) => b.doubt - a.doubt)
}

async function thumbnailsOf(
  data: TrainingData,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Thumbnail>> {
  const wanted = data.train().filter(position => ids.has(data.examples[position]!.id))
  const thumbnails = new Map<string, Thumbnail>()
  for await (const { places, pixels } of data.pixels(wanted, 64)) {
    const bytes = pixels.length / places.length
    places.forEach((place, at) => {
      const { id } = data.examples[wanted[place]!]!
      thumbnails.set(id, { id, pixels: pixels.slice(at * bytes, (at + 1) * bytes), size: data.size })
    })
  }
  return thumbnails
}
