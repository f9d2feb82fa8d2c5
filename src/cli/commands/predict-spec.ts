/** `graft predict` as data. */
import type { CommandSpec } from '../command.ts'
import { outputOptions, threadsOption } from './shared-options.ts'

export const predictSpec: CommandSpec = {
  name: 'predict',
  summary: 'classify images',
  description:
    'Classifies images, whole folders and zips of them. Files that cannot be read are named on standard error and left out.',
  arguments: [
    ['<run>', 'run folder or .onnx file'],
    ['<files...>', 'image files, folders and zips'],
  ],
  groups: [
    {
      title: 'Options',
      options: [
        { flags: '--top <n>', description: 'classes to show for each image (default: 1)', type: 'integer' },
        { flags: '--csv', description: 'a table in the form of a Kaggle submission: id and label' },
        {
          flags: '--probabilities',
          description: 'with --csv: the probability of the second of two classes, or of every class',
        },
        { flags: '--id-column <name>', description: 'with --csv: header of the ids (default: id)' },
        { flags: '--label-column <name>', description: 'with --csv: header of the labels (default: label)' },
        threadsOption,
        ...outputOptions,
      ],
    },
  ],
  examples: [
    ['graft predict runs/photos new/*.jpg', 'a table'],
    [
      'graft predict runs/cactus test.zip --csv --probabilities --label-column has_cactus > submission.csv',
      'a submission',
    ],
    ['graft predict runs/photos new/ --json', 'one JSON object for each image'],
  ],
  load: () => import('./predict.ts'),
}
