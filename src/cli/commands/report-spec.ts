/** `graft report` as data. */
import type { CommandSpec } from '../command.ts'
import { jsonOption } from './shared-options.ts'

export const reportSpec: CommandSpec = {
  name: 'report',
  summary: 'make the report of a run anew',
  description:
    'Writes report.html into a run folder, as training does when it ends: figures with intervals, curves, what is taken for what, calibration, the most wrong and most uncertain pictures with heat maps, and the command that repeats the run. One file that fetches nothing. Pictures whose files are no longer there are left out and named.',
  arguments: [['<run>', 'run folder']],
  groups: [
    {
      title: 'Options',
      options: [{ ...jsonOption, description: 'one JSON object on standard output, and nothing else there' }],
    },
  ],
  examples: [['graft report runs/photos', 'runs/photos/report.html']],
  load: () => import('./report.ts'),
}
