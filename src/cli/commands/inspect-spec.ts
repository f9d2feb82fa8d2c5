/** `graft inspect` as data. */
import type { CommandSpec } from '../command.ts'
import {
  jsonOption,
  labelOptions,
  quietOption,
  seedOption,
  threadsOption,
  validationOption,
} from './shared-options.ts'

export const inspectSpec: CommandSpec = {
  name: 'inspect',
  summary: 'find what is wrong with a dataset, without training',
  description:
    'Shows the classes, counts and splits of a dataset as training would see them, then looks at every picture: files that cannot be read, copies, leakage between splits, labels that look wrong, outliers, blank, dark, blurred and tiny pictures, class names that look like one, uneven classes.\n\nWrites inspection.html, a page with the pictures, and findings.csv, which "graft train --exclude" takes. The exit status is 3 if the dataset could not be trained on.',
  arguments: [['<data>', 'folder, zip archive or labels file']],
  groups: [
    { title: 'Data', options: [...labelOptions, validationOption] },
    {
      title: 'Inspection',
      options: [
        {
          flags: '--quick',
          description: 'only classes, counts and splits: opens no image, writes no file',
          elsewhere: ['fast', 'no-images'],
        },
        {
          flags: '--out <folder>',
          description: 'folder for inspection.html and findings.csv, which must hold none yet',
          default: 'inspections/NAME of the data',
          elsewhere: ['output', 'output-dir', 'html', 'report'],
        },
        {
          flags: '--weights <path>',
          description:
            'the network that looks at the pictures, as for train: a better one doubts fewer right labels',
          default: 'the one in the package',
          elsewhere: ['model', 'backbone'],
        },
        {
          flags: '--size <pixels>',
          description: 'side of the square that the network sees, a multiple of 32',
          default: "by the images' size",
          type: 'integer',
          elsewhere: ['imgsz', 'image-size'],
        },
        seedOption,
        threadsOption,
        {
          flags: '--cache <folder>',
          description: 'folder for decoded images and features',
          default: "GRAFT_CACHE, else the user's cache",
          elsewhere: ['cache-dir'],
        },
        { ...jsonOption, description: 'one JSON object on standard output, and nothing else there' },
        quietOption,
      ],
    },
  ],
  examples: [
    ['graft inspect photos/', 'everything, with a page of pictures'],
    ['graft inspect photos/ --weights mobilenet_v2_0.35_224', 'the same with a network that knows more'],
    ['graft inspect train.zip --labels train.csv --quick', 'classes, counts and splits'],
    ['graft train photos/ --exclude inspections/photos/findings.csv', 'without what is to be left out'],
  ],
  load: () => import('./inspect.ts'),
}
