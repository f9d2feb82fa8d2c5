/** Whether runs differ by more than chance: each pair on the examples that both held out. */
import type { Evaluation } from '../evaluate/evaluation.ts'
import { holmAdjusted } from '../evaluate/holm.ts'
import { type McNemar, mcnemar } from '../evaluate/mcnemar.ts'
import type { EpochRecord } from '../train/types.ts'
import { counted } from '../util/words.ts'
import type { SavedPrediction } from './predictions.ts'

/** One run as a row. */
export interface RunSummary {
  readonly run: string
  readonly recipe: string
  readonly backbone: string
  /** Side of the square that the network sees, in pixels. */
  readonly size: number
  readonly classNames: readonly string[]
  /** On which examples the evaluation is: test where there is one. */
  readonly split: SavedPrediction['split']
  /** Null where nothing was held out. */
  readonly evaluation: Evaluation | null
  readonly epochs: readonly EpochRecord[]
  /** In epochs. */
  readonly seconds: number
  /** Of the classifier's file. */
  readonly bytes: number
}

export interface Comparison {
  readonly runs: readonly RunSummary[]
  readonly pairs: readonly RunPair[]
  /** Runs that did not keep their answers, so that they have no part in the pairs. */
  readonly withoutAnswers: readonly string[]
}

/** What a run answered. */
export interface AnsweredRun {
  readonly run: string
  readonly classNames: readonly string[]
  readonly answers: readonly SavedPrediction[]
}

/** Two runs on the examples that both held out. */
export interface RunPair extends McNemar {
  readonly first: string
  readonly second: string
  /** Examples that both held out under the same label. */
  readonly common: number
  /** The p-value, adjusted for the number of pairs (Holm 1979); null without common examples. */
  readonly adjusted: number | null
}

/** Every pair of runs, in their order. */
export function comparePairs(runs: readonly AnsweredRun[]): RunPair[] {
  const pairs = runs.flatMap((first, i) => runs.slice(i + 1).map(second => pairOf(first, second)))
  const tested = pairs.filter(({ common }) => common > 0)
  const adjusted = holmAdjusted(tested.map(({ pValue }) => pValue))
  return pairs.map(pair => ({ ...pair, adjusted: adjusted[tested.indexOf(pair)] ?? null }))
}

/** Names are compared, not indices: two runs may have their classes in another order. */
function pairOf(first: AnsweredRun, second: AnsweredRun): Omit<RunPair, 'adjusted'> {
  const others = new Map(second.answers.map(answer => [answer.id, answer]))
  const common = first.answers.flatMap(answer => {
    const other = others.get(answer.id)
    return other?.label === answer.label ? [{ answer, other }] : []
  })
  const names = [...new Set([...first.classNames, ...second.classNames])]
  const index = (name: string): number => names.indexOf(name)
  const test = mcnemar(
    common.map(({ answer }) => index(answer.label)),
    common.map(({ answer }) => index(bestName(answer, first.classNames))),
    common.map(({ other }) => index(bestName(other, second.classNames))),
  )
  return { first: first.run, second: second.run, common: common.length, ...test }
}

function bestName({ probabilities }: SavedPrediction, classNames: readonly string[]): string {
  return classNames[probabilities.indexOf(Math.max(...probabilities))]!
}

/** Below this the difference of a pair is called more than chance. */
export const significance = 0.05

/** What the test of a pair says, as a sentence without a final period. */
export function pairWords({ first, second, common, onlyFirst, onlySecond, adjusted }: RunPair): string {
  if (adjusted === null)
    return `${first} and ${second} held out no example in common, so they cannot be told apart`
  const verdict =
    adjusted < significance
      ? `${onlyFirst > onlySecond ? first : second} is better by more than chance`
      : 'that is no more than chance'
  return `${first} against ${second}, ${counted(common, 'common example')}: ${onlyFirst} right by the first alone, ${onlySecond} by the second alone (${pText(adjusted)}): ${verdict}`
}

/** With two significant digits. */
function pText(p: number): string {
  return p < 0.0001 ? 'p < 0.0001' : `p = ${Number(p.toPrecision(2))}`
}
