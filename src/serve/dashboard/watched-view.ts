/** What a run said of its watched examples, epoch by epoch. */
import type { Watched } from '../../page/dashboard-types.ts'
import type { PredictionsLine } from './live-schema.ts'

export interface WatchedStory {
  take(line: PredictionsLine): void
  /** @param columns pictures in a row of the sheet; null without one */
  view(classNames: readonly string[], columns: number | null): Watched | null
}

/** Epochs whose probabilities are shown. */
const mostHistory = 60

export function watchedStory(): WatchedStory {
  let lines: PredictionsLine[] = []
  return {
    take(line) {
      // A resumed run says again what its checkpoint did not hold.
      lines = [...lines.filter(({ epoch }) => epoch < line.epoch), line].slice(-mostHistory)
    },
    view(classNames, columns) {
      const [before, last] = [lines.at(-2), lines.at(-1)]
      if (last === undefined) return null
      const named = (label: number): string => classNames[label] ?? `class ${label}`
      const examples = last.examples.map(({ id, label, predicted, score }, at) => {
        const was = before?.examples[at]?.predicted ?? predicted
        return {
          id,
          label: named(label),
          predicted: named(predicted),
          before: was === predicted ? null : named(was),
          score,
          history: lines.flatMap(({ examples: all }) => all[at]?.labelScore ?? []),
        }
      })
      return { epoch: last.epoch, columns, examples }
    },
  }
}
