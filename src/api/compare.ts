/** Runs side by side, from their folders. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { loadBundle } from '../bundle/load-bundle.ts'
import { evaluatePredictions } from '../evaluate/evaluation.ts'
import { type Comparison, comparePairs, type RunSummary } from '../report/compare.ts'
import { readEvaluations } from '../report/evaluation-file.ts'
import { readPredictions, type SavedPrediction } from '../report/predictions.ts'
import { fileNames, readMetrics, readRunRecord } from '../train/run-folder.ts'
import { UserError } from '../util/errors.ts'
import { predictionsOf } from './answers.ts'

/**
 * @param runs at least two different run folders
 * @throws UserError `usage` for fewer, `run` when one is no run, or its training has not finished
 */
export function compareRuns(runs: readonly string[]): Comparison {
  if (new Set(runs).size < 2)
    throw new UserError('usage', 'Expected at least two different runs to compare', {
      hint: 'graft compare runs/photos runs/photos-2',
    })
  const all = [...new Set(runs)].map(readOne)
  return {
    runs: all.map(({ summary }) => summary),
    pairs: comparePairs(
      all.map(({ summary: { run, classNames }, answers }) => ({ run, classNames, answers })),
    ),
    withoutAnswers: all.filter(({ answers }) => answers.length === 0).map(({ summary }) => summary.run),
  }
}

function readOne(run: string): { summary: RunSummary; answers: readonly SavedPrediction[] } {
  const { plan, backbone, data } = readRunRecord(run)
  const file = join(run, fileNames.best)
  if (!existsSync(file)) {
    throw new UserError('run', `Cannot compare "${run}": its training has not finished`, {
      hint: `go on with it: graft train ${data.root} --run ${run} --resume`,
    })
  }
  const { classNames } = loadBundle(file).facts
  const answers = readPredictions(run, classNames)
  const epochs = readMetrics(run)
  const summary = {
    run,
    recipe: plan.recipe,
    backbone: backbone.name,
    size: plan.preprocessing.size,
    classNames,
    ...evaluationOf(run, classNames, answers),
    epochs,
    seconds: epochs.reduce((sum, { seconds }) => sum + seconds, 0),
    bytes: statSync(file).size,
  }
  return { summary, answers }
}

/** From the answers; where the run kept none, the figures that it kept. */
function evaluationOf(
  run: string,
  classNames: readonly string[],
  answers: readonly SavedPrediction[],
): Pick<RunSummary, 'split' | 'evaluation'> {
  const part = (split: SavedPrediction['split']): readonly SavedPrediction[] =>
    answers.filter(answer => answer.split === split)
  const split = part('test').length > 0 ? 'test' : 'validation'
  const predictions = predictionsOf(part(split), classNames)
  if (predictions !== null) return { split, evaluation: evaluatePredictions(predictions) }
  const kept = readEvaluations(run)
  return kept?.test
    ? { split: 'test', evaluation: kept.test }
    : { split, evaluation: kept?.validation ?? null }
}
