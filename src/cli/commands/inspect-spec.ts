/** `graft inspect` as data. */
import type { CommandSpec } from '../command.ts'
import { jsonOption, labelOptions, seedOption, validationOption } from './shared-options.ts'

export const inspectSpec: CommandSpec = {
  name: 'inspect',
  summary: 'show what a dataset holds, without training',
  description:
    'Shows the classes, counts and splits of a dataset as training would see them, what was guessed or left out, and why it could not be trained on, if so: the exit status is then 3. Opens no image.',
  arguments: [['<data>', 'folder, zip archive or labels file']],
  groups: [
    {
      title: 'Options',
      options: [
        ...labelOptions,
        validationOption,
        seedOption,
        { ...jsonOption, description: 'one JSON object on standard output, and nothing else there' },
      ],
    },
  ],
  examples: [
    ['graft inspect photos/', 'classes, counts, splits'],
    ['graft inspect train.zip --labels train.csv --validation 0.2', 'with a larger share held out'],
  ],
  load: () => import('./inspect.ts'),
}
