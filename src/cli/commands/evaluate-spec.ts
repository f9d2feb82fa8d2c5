/** `graft evaluate` as data. */
import type { CommandSpec } from '../command.ts'
import { jsonOption, labelOptions, quietOption, threadsOption } from './shared-options.ts'

export const evaluateSpec: CommandSpec = {
  name: 'evaluate',
  summary: 'measure a run on labelled images',
  description:
    "Measures a run, or a classifier's .onnx file, on labelled images: accuracy with its interval, loss, F1, ROC AUC, figures of each class, and what was taken for what.",
  arguments: [
    ['<run>', 'run folder or .onnx file'],
    ['<data>', 'folder, zip archive or labels file'],
  ],
  groups: [
    {
      title: 'Options',
      options: [
        ...labelOptions,
        {
          flags: '--split <name>',
          description: 'the images of one split: as the data names it, else as the run drew it',
          default: 'all',
          choices: ['train', 'validation', 'test', 'all'],
          elsewhere: ['subset'],
        },
        { ...threadsOption, default: '1; decoding has its own' },
        { ...jsonOption, description: 'one JSON object on standard output, and nothing else there' },
        quietOption,
      ],
    },
  ],
  examples: [
    ['graft evaluate runs/photos new-photos/', 'a folder per class in new-photos/'],
    ['graft evaluate runs/photos photos/ --split validation', 'what the run held out'],
    ['graft evaluate runs/photos test.zip --labels test.csv --json', 'figures for a program'],
  ],
  stopsInOrder: true,
  load: () => import('./evaluate.ts'),
}
