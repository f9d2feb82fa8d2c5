/** How answers are written: a table for people, or JSON lines for programs. */
import { topPredictions } from '../../bundle/ranking.ts'
import { nameOfSource } from '../../dataset/source.ts'
import type { Example, Missing } from '../../dataset/types.ts'
import type { UserError } from '../../util/errors.ts'
import { formatPercent } from '../../util/format.ts'
import type { Style } from '../terminal/stream.ts'
import { type Column, table } from '../terminal/table.ts'

/** Whether an image is like none that the run was trained on, and how unlike, where 1 is the limit. */
export interface Rejection {
  readonly unknown: boolean
  readonly unfamiliarity: number
}

/** An image, and what became of it; without rejection where that is not asked, or not known. */
export type Answer =
  | {
      readonly example: Example
      readonly probabilities: Float32Array
      readonly rejection?: Rejection | undefined
      readonly error: null
    }
  | { readonly example: Example; readonly probabilities: null; readonly error: UserError }

export interface AnswerWriter {
  add(answer: Answer): void
  /** Tells of what was named and gives no image. */
  addMissing(missing: Missing): void
  /** Writes what was kept back. */
  end(): void
}

type Write = (text: string) => void

/** What stands in place of a class. */
const unknownLabel = 'unknown'

/**
 * A line at once for each image: `file`, `label`, `score` and all `probabilities`, or `file` and `error`; with `unknown`
 * and `unfamiliarity` where the run can refuse.
 */
export function jsonAnswers(classNames: readonly string[], write: Write): AnswerWriter {
  return {
    add(answer) {
      const file = nameOfSource(answer.example.source)
      if (answer.error !== null) {
        write(`${JSON.stringify({ file, error: answer.error.message })}\n`)
        return
      }
      const { probabilities, rejection } = answer
      const [best] = topPredictions(probabilities, classNames, 1)
      const all = Object.fromEntries(classNames.map((name, k) => [name, probabilities[k]!]))
      write(`${JSON.stringify({ file, ...best!, ...rejection, probabilities: all })}\n`)
    },
    addMissing: ({ id, reason }) => write(`${JSON.stringify({ file: id, error: reason })}\n`),
    end: () => {},
  }
}

export interface TableOptions {
  /** Classes to name for each image, 1 or more. */
  readonly top: number
  /** Cells a line. */
  readonly width: number
  readonly style: Style
}

/**
 * A table at the end, for its columns are as wide as what they hold. An image that is refused is `unknown` before the
 * classes that it might be, its score how many times the limit it is off.
 */
export function tableAnswers(
  classNames: readonly string[],
  { top, width, style }: TableOptions,
  write: Write,
): AnswerWriter {
  const rows: string[][] = []
  const shown = Math.min(top, classNames.length)
  const columns: Column[] = [
    { title: 'file', cut: 'start' },
    ...Array.from({ length: shown }, (): Column[] => [
      { title: 'label', cut: 'end' },
      { title: 'score', align: 'right' },
    ]).flat(),
  ]
  return {
    add(answer) {
      if (answer.error !== null) return
      const { example, probabilities, rejection } = answer
      const best = topPredictions(probabilities, classNames, shown)
      const cells = best.flatMap(({ label, score }) => [label, formatPercent(score)])
      const first = rejection?.unknown ? [unknownLabel, `${rejection.unfamiliarity.toFixed(2)}x`] : []
      rows.push([example.id, ...[...first, ...cells].slice(0, 2 * shown)])
    },
    addMissing: () => {},
    end() {
      if (rows.length > 0) write(`${table(columns, rows, width, style).join('\n')}\n`)
    },
  }
}
