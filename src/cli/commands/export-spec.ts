/** `graft export` as data. */
import type { CommandSpec } from '../command.ts'
import { jsonOption, labelOptions, quietOption } from './shared-options.ts'

export const exportSpec: CommandSpec = {
  name: 'export',
  summary: 'make a run into a web page or files for other programs',
  description:
    "Makes a run's classifier into what others use, then runs the run's own validation images through it: an export that answers otherwise than the run fails, and leaves nothing.",
  arguments: [['<run>', 'run folder']],
  groups: [
    {
      title: 'Options',
      options: [
        {
          flags: '--to <form>',
          description:
            'web: a page that works from any web server; onnx: for ONNX Runtime and transformers.js; tfjs: layers model for TensorFlow.js',
          choices: ['web', 'onnx', 'tfjs'],
          elsewhere: ['format', 'target', 'include'],
        },
        {
          flags: '--out <folder>',
          description: 'the folder to make',
          default: 'named after the form, in the run',
          elsewhere: ['output', 'output-dir', 'dir', 'folder'],
        },
        {
          flags: '--quantize <type>',
          description: 'the network in whole numbers of 8 bits: a third of the size',
          default: 'float32',
          choices: ['int8'],
          elsewhere: ['int8', 'dtype', 'precision'],
        },
        {
          flags: '--max-loss <points>',
          description: 'the largest loss of accuracy that this may cost, in percentage points',
          default: '0.5',
          type: 'number',
        },
        quietOption,
        { ...jsonOption, description: 'one JSON object on standard output, and nothing else there' },
      ],
    },
    {
      title: 'Verification',
      options: [
        {
          flags: '--data <path>',
          description: 'where the data of the run is now',
          default: 'where the run found it',
        },
        ...labelOptions,
        {
          flags: '--images <n>',
          description: 'the most validation images to compare; 0 leaves the check out',
          default: '200',
          type: 'integer',
          elsewhere: ['verify', 'samples', 'n'],
        },
      ],
    },
  ],
  examples: [
    ['graft export runs/photos --to web', 'a static site in runs/photos/web'],
    ['graft export runs/photos --to onnx --out photos-onnx', 'ONNX files, labels and how to run them'],
    ['graft export runs/photos --to tfjs', 'a model for TensorFlow.js and Teachable Machine'],
    ['graft export runs/photos --to web --quantize int8', 'a smaller site in runs/photos/web-int8'],
  ],
  stopsInOrder: true,
  load: () => import('./export.ts'),
}
