/** `graft inspect` as data. */
import type { CommandSpec } from '../command.ts'
import { labelOptions } from './shared-options.ts'

export const inspectSpec: CommandSpec = {
  name: 'inspect',
  summary: 'show what a dataset holds, without training',
  description:
    'Shows the classes and splits of a dataset as training would see them, and what is odd about it. Opens no image.',
  arguments: [['<data>', 'folder, zip or labels file']],
  groups: [
    {
      title: 'Options',
      options: [
        ...labelOptions,
        {
          flags: '--validation <share>',
          description: 'share of the images to hold out (default: 0.1)',
          type: 'number',
        },
        { flags: '--seed <n>', description: 'of the draw (default: 1)', type: 'integer' },
        { flags: '--json', description: 'one JSON object on standard output' },
      ],
    },
  ],
  examples: [['graft inspect photos/', 'classes, counts, splits']],
  load: () => import('./inspect.ts'),
}
