/** `graft compare`: runs as a table, and whether they differ by more than chance. */
import { compareRuns } from '../../api/compare.ts'
import { comparePage } from '../../report/page/compare-page.ts'
import { exitStatus } from '../../util/errors.ts'
import { writeNamedFile } from '../../util/files.ts'
import { listed } from '../../util/words.ts'
import type { CommandRun } from '../command.ts'
import { comparisonLines } from '../compare/table.ts'
import { styleFor } from '../terminal/stream.ts'
import { printable } from '../terminal/text.ts'

const defaultWidth = 120

export const run: CommandRun = async (runs, { json, html }, { stdout, stderr, environment }) => {
  const comparison = compareRuns(runs)
  const { withoutAnswers } = comparison
  if (withoutAnswers.length > 0) {
    const names = printable(listed(withoutAnswers))
    stderr.write(
      `warning: ${names} kept no answers to compare by; graft report RUN asks its classifier again\n`,
    )
  }
  if (json) {
    stdout.write(`${JSON.stringify(comparison)}\n`)
  } else {
    const style = styleFor(stdout, environment)
    stdout.write(`${comparisonLines(comparison, stdout.columns ?? defaultWidth, style).join('\n')}\n`)
  }
  if (html === undefined) return exitStatus.done
  writeNamedFile(String(html), comparePage(comparison))
  if (!json) stdout.write(`\npage  ${printable(String(html))}\n`)
  return exitStatus.done
}
