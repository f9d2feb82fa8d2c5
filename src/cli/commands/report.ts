/** `graft report`: where the report of a run is. */
import { writeReport } from '../../api/report.ts'
import { exitStatus } from '../../util/errors.ts'
import { counted, listed } from '../../util/words.ts'
import type { CommandRun } from '../command.ts'
import { printable } from '../terminal/text.ts'

export const run: CommandRun = async ([run], { json }, { stdout, stderr }) => {
  const report = await writeReport(run!)
  const { path, missing, notes } = report
  if (missing.length > 0)
    stderr.write(
      `warning: ${counted(missing.length, 'picture')} cannot be shown: ${printable(listed(missing))}\n`,
    )
  for (const note of notes) stderr.write(`warning: ${printable(note)}\n`)
  stdout.write(`${json ? JSON.stringify(report) : `report  ${printable(path)}`}\n`)
  return exitStatus.done
}
