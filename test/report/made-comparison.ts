/** Comparisons made by formulas. */
import { type AnsweredRun, type Comparison, comparePairs } from '../../src/report/compare.ts'
import type { SavedPrediction } from '../../src/report/predictions.ts'
import { hostile, madeEpochs, madeReport } from './made-report.ts'

/** Answers of a run of the classes a and b, each right or wrong, in the order of the ids. */
export function answersOf(
  right: readonly boolean[],
  classNames: readonly string[] = ['a', 'b'],
  first = 0,
): SavedPrediction[] {
  return right.map((isRight, i) => ({
    split: 'validation',
    id: `${first + i}.jpg`,
    label: 'a',
    probabilities: classNames.map(name => ((name === 'a') === isRight ? 0.75 : 0.25)),
    source: { type: 'file', path: `${i}.jpg` },
  }))
}

export function answeredRun(
  run: string,
  answers: readonly SavedPrediction[],
  classNames: readonly string[] = ['a', 'b'],
): AnsweredRun {
  return { run, classNames, answers }
}

/** Runs of which the first has a {@link hostile} name, and the second held nothing out. */
export function madeComparison(count: number): Comparison {
  const { validation, classNames } = madeReport(2, 120)
  const runs = Array.from({ length: count }, (_, i) => ({
    run: i === 0 ? hostile : `runs/${i}`,
    recipe: 'auto',
    backbone: 'MobileNetV2',
    size: 96,
    classNames,
    split: 'validation' as const,
    evaluation: i === 1 ? null : validation!.evaluation,
    epochs: madeEpochs(3 + i, 2),
    seconds: 12,
    bytes: 1e6,
  }))
  const pairs = comparePairs(runs.map(({ run }) => answeredRun(run, answersOf([true, false]))))
  return { runs, pairs, withoutAnswers: ['runs/1'] }
}
