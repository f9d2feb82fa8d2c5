/** `graft evaluate` as data. */
import type { CommandSpec } from '../command.ts'
import { labelOptions, outputOptions, threadsOption } from './shared-options.ts'

export const evaluateSpec: CommandSpec = {
  name: 'evaluate',
  summary: 'measure a run on labelled images',
  description:
    "Measures a run, or a bundle's .onnx file, on labelled images: accuracy with its interval, loss, F1, AUC, figures of each class and what was taken for what.",
  arguments: [
    ['<run>', 'run folder or .onnx file'],
    ['<data>', 'folder, zip or labels file'],
  ],
  groups: [
    {
      title: 'Options',
      options: [
        ...labelOptions,
        {
          flags: '--split <name>',
          description: 'the images of one split, where the data names splits (default: all)',
          choices: ['train', 'validation', 'test', 'all'],
        },
        threadsOption,
        ...outputOptions,
      ],
    },
  ],
  examples: [
    ['graft evaluate runs/photos photos/ --split validation', 'the held-out images of photos/val'],
    ['graft evaluate runs/photos test.zip --labels test.csv --json', 'one JSON object'],
  ],
  load: () => import('./evaluate.ts'),
}
