/** `graft compare` as data. */
import type { CommandSpec } from '../command.ts'
import { jsonOption } from './shared-options.ts'

export const compareSpec: CommandSpec = {
  name: 'compare',
  summary: 'set runs side by side',
  description:
    "Sets finished runs side by side: accuracy with its interval, ROC AUC, F1, loss, time, size and recipe. Each pair is put to McNemar's test on the images that both held out, adjusted for the number of pairs: whether the better one is better by more than chance.",
  arguments: [['<runs...>', 'run folders']],
  groups: [
    {
      title: 'Options',
      options: [
        {
          flags: '--html <file>',
          description: 'write a page with the curves of all runs in one picture, too',
          elsewhere: ['output', 'out'],
        },
        { ...jsonOption, description: 'one JSON object on standard output, and nothing else there' },
      ],
    },
  ],
  examples: [
    ['graft compare runs/photos runs/photos-2', 'which is better, and whether that is luck'],
    ['graft compare runs/* --html compare.html', 'all runs, with curves'],
  ],
  load: () => import('./compare.ts'),
}
