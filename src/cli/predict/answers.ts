/** How answers are written: a table for people, or JSON lines for programs. */
import { topPredictions } from '../../bundle/ranking.ts'
import { nameOfSource } from '../../dataset/source.ts'
import type { Example, Missing } from '../../dataset/types.ts'
import type { UserError } from '../../util/errors.ts'
import { formatPercent } from '../../util/format.ts'
import type { Style } from '../terminal/stream.ts'
import { type Column, table } from '../terminal/table.ts'

/** An image, and what became of it. */
export type Answer =
  | { readonly example: Example; readonly probabilities: Float32Array; readonly error: null }
  | { readonly example: Example; readonly probabilities: null; readonly error: UserError }

export interface AnswerWriter {
  add(answer: Answer): void
  /** Tells of what was named and gives no image. */
  addMissing(missing: Missing): void
  /** Writes what was kept back. */
  end(): void
}

type Write = (text: string) => void

/** A line at once for each image: `file`, `label`, `score` and all `probabilities`, or `file` and `error`. */
export function jsonAnswers(classNames: readonly string[], write: Write): AnswerWriter {
  return {
    add({ example, probabilities, error }) {
      const file = nameOfSource(example.source)
      if (error !== null) {
        write(`${JSON.stringify({ file, error: error.message })}\n`)
        return
      }
      const [best] = topPredictions(probabilities, classNames, 1)
      const all = Object.fromEntries(classNames.map((name, k) => [name, probabilities[k]!]))
      write(`${JSON.stringify({ file, ...best!, probabilities: all })}\n`)
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

/** A table at the end, for its columns are as wide as what they hold. */
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
    add({ example, probabilities, error }) {
      if (error !== null) return
      const best = topPredictions(probabilities, classNames, shown)
      rows.push([example.id, ...best.flatMap(({ label, score }) => [label, formatPercent(score)])])
    },
    addMissing: () => {},
    end() {
      if (rows.length > 0) write(`${table(columns, rows, width, style).join('\n')}\n`)
    },
  }
}
