/** `graft predict` as data. */
import type { CommandSpec } from '../command.ts'
import { jsonOption, quietOption, threadsOption } from './shared-options.ts'

export const predictSpec: CommandSpec = {
  name: 'predict',
  summary: 'classify images',
  description:
    'Classifies images, also whole folders and zips of them. Files that cannot be read are named on standard error and left out; only if none can be read is the exit status 3.\n\nAn image that is like none the run was trained on is "unknown": its score is how many times the limit it is off. A submission always names a class.',
  arguments: [
    ['<run>', 'run folder or .onnx file'],
    ['<files...>', 'image files, folders and zips; - for paths on standard input, one a line'],
  ],
  groups: [
    {
      title: 'What to write',
      options: [
        {
          flags: '--top <n>',
          description: 'how many of the likeliest classes the table shows',
          default: '1',
          type: 'count',
          elsewhere: ['top-k', 'topk', 'k'],
        },
        {
          flags: '--no-reject',
          description: 'name a class also for images that are like none the run was trained on',
        },
        jsonOption,
        {
          flags: '--csv [file]',
          description: 'a Kaggle submission, to standard output or to a file whose name ends in .csv',
          takes: /\.csv$/i,
          elsewhere: ['submission', 'output', 'out'],
        },
        quietOption,
      ],
    },
    {
      title: 'The submission',
      options: [
        {
          flags: '--sample <file>',
          description: "the competition's sample submission: its header, ids and order are taken",
          elsewhere: ['sample-submission'],
        },
        {
          flags: '--probabilities',
          description:
            'the probability of the second of two classes, or of every class, in place of the label',
          elsewhere: ['proba', 'scores'],
        },
        {
          flags: '--id-column <name>',
          description: 'header of the ids',
          default: "as in the run's table, or id",
        },
        {
          flags: '--label-column <name>',
          description: 'header of the labels',
          default: "as in the run's table, or label",
        },
      ],
    },
    { title: 'Options', options: [{ ...threadsOption, default: '1; decoding has its own' }] },
  ],
  examples: [
    ['graft predict runs/photos new/*.jpg', 'a table'],
    ['graft predict runs/photos new/ --json', 'a line for each image, with all probabilities'],
    [
      'graft predict runs/cactus test.zip --csv submission.csv --sample sample_submission.csv',
      'ready for Kaggle',
    ],
    ['find . -name "*.jpg" | graft predict runs/photos -', 'paths from another program'],
  ],
  stopsInOrder: true,
  load: () => import('./predict.ts'),
}
