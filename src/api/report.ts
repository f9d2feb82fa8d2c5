/** The report of a run, from its folder: `report.html`. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { loadBundle } from '../bundle/load-bundle.ts'
import { evaluatePredictions } from '../evaluate/evaluation.ts'
import { readCrossValidation } from '../report/cross-validation-file.ts'
import { readEvaluations } from '../report/evaluation-file.ts'
import { galleryOf } from '../report/exhibits.ts'
import { reportFileName, reportPage } from '../report/page/report-page.ts'
import type { ClassCount, Gallery, RunReport, SplitReport } from '../report/page/types.ts'
import type { SavedPrediction } from '../report/predictions.ts'
import { fileNames, type RunRecord, readMetrics, readRunRecord } from '../train/run-folder.ts'
import { UserError } from '../util/errors.ts'
import { writeFileAtomic } from '../util/files.ts'
import { answersOf, type KnownAnswers, predictionsOf } from './answers.ts'
import { listingOf } from './data-listing.ts'

/** Where the report is, and what it lacks. */
export interface WrittenReport {
  readonly path: string
  /** Ids of the examples whose picture cannot be shown. */
  readonly missing: readonly string[]
  /** What else is missing, a sentence each. */
  readonly notes: readonly string[]
}

/**
 * Writes `report.html` into a run folder: figures, curves, pictures and heat maps, in one file that fetches nothing.
 *
 * The folder alone is enough; only the pictures are read from the data, where they are still there.
 *
 * @throws UserError `run` when there is no run, its training has not finished, or a file of it is damaged
 */
export async function writeReport(run: string): Promise<WrittenReport> {
  const report = await reportOf(run)
  const path = join(run, reportFileName)
  writeFileAtomic(path, reportPage(report))
  return { path, missing: report.gallery.missing, notes: report.notes }
}

async function reportOf(run: string): Promise<RunReport> {
  const record = readRunRecord(run)
  const file = join(run, fileNames.best)
  if (!existsSync(file)) throw unfinished(run, record)
  const bundle = loadBundle(file)
  const answers = await answersOf(run, record)
  const { classNames, card, temperature } = bundle.facts
  const part = (split: SavedPrediction['split']): SavedPrediction[] =>
    answers.saved.filter(one => one.split === split)
  const shown = part('test').length > 0 ? part('test') : part('validation')
  const predictions = predictionsOf(shown, classNames)
  return {
    name: card.data.name,
    run,
    record,
    classNames,
    epochs: readMetrics(run),
    bestEpoch: card.training.epoch,
    ...splitReports(run, classNames, part),
    crossValidation: readCrossValidation(run),
    counts: countsOf(run, record),
    temperature,
    bytes: statSync(file).size,
    gallery: predictions === null ? emptyGallery : await galleryOf(bundle, shown, predictions),
    notes: notesOf(answers, record),
  }
}

function unfinished(run: string, { data }: RunRecord): UserError {
  return new UserError(
    'run',
    `Cannot report on "${run}": its training has not finished, so there is no classifier`,
    {
      hint: `go on with it: graft train ${data.root} --run ${run} --resume`,
    },
  )
}

/** From the answers; where there are none, the figures that the run kept. */
function splitReports(
  run: string,
  classNames: readonly string[],
  part: (split: SavedPrediction['split']) => readonly SavedPrediction[],
): Record<SavedPrediction['split'], SplitReport | null> {
  const kept = readEvaluations(run)
  const reportOn = (split: SavedPrediction['split']): SplitReport | null => {
    const predictions = predictionsOf(part(split), classNames)
    if (predictions !== null) return { evaluation: evaluatePredictions(predictions), predictions }
    const evaluation = kept?.[split] ?? null
    return evaluation === null ? null : { evaluation, predictions: null }
  }
  return { validation: reportOn('validation'), test: reportOn('test') }
}

const emptyGallery: Gallery = { wrong: [], uncertain: [], missing: [] }

function notesOf({ reason }: KnownAnswers, { data }: RunRecord): string[] {
  const held = data.examples.validation + data.examples.test
  return reason === null || held === 0
    ? []
    : [
        `Curves of ranking and calibration, and the pictures, are missing: this run did not keep its answers, and ${reason}.`,
      ]
}

function countsOf(run: string, { data }: RunRecord): ClassCount[] | null {
  const listing = listingOf(run).filter(([, label]) => label !== null)
  if (listing.length === 0) return null
  const held = { validation: new Set(data.validation), test: new Set(data.test) }
  const counts = new Map(data.classNames.map(name => [name, { name, train: 0, validation: 0, test: 0 }]))
  for (const [id, label] of listing) {
    const split = held.validation.has(id) ? 'validation' : held.test.has(id) ? 'test' : 'train'
    const count = counts.get(label!)
    if (count) count[split]++
  }
  return [...counts.values()]
}
