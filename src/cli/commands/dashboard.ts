/** `graft dashboard`: opens a dashboard, says where it is, and closes it when asked to. */
import { existsSync } from 'node:fs'
import { openDashboard } from '../../serve/dashboard/open-dashboard.ts'
import { exitStatus } from '../../util/errors.ts'
import { quoted } from '../../util/words.ts'
import type { CommandRun } from '../command.ts'
import { portOf } from '../port.ts'

export const run: CommandRun = async ([folder = 'runs'], { port }, { stdout, stderr, signal }) => {
  const dashboard = await openDashboard(folder, { port: portOf('--port', port) })
  if (!existsSync(folder))
    stderr.write(`note: there is no ${quoted(folder)} yet; it is shown when it comes\n`)
  stdout.write(`${dashboard.url}\n`)
  stderr.write('Open it in a browser; stop with Ctrl-C\n')
  await new Promise<void>(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
  await dashboard.close()
  return exitStatus.done
}
