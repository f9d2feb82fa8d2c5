/** `graft train` as data. */
import type { CommandSpec } from '../command.ts'
import { labelOptions, outputOptions, threadsOption } from './shared-options.ts'

export const trainSpec: CommandSpec = {
  name: 'train',
  summary: 'train a classifier on a folder or a table of images',
  description:
    'Trains a classifier on your images and writes a run folder: the classifier (best.onnx), figures, curves and a model card.\nImages lie in a folder per class, in train/ and val/ folders of such, in a zip, or beside a CSV or JSONL file of labels.',
  arguments: [['<data>', 'folder, zip or labels file']],
  groups: [
    {
      title: 'Data',
      options: [
        ...labelOptions,
        {
          flags: '--validation <share>',
          description: 'share of the images held out, where the data names no split (default: 0.1)',
          type: 'number',
        },
        { flags: '--skip-bad', description: 'train although more than 1% of the files cannot be read' },
      ],
    },
    {
      title: 'Model',
      options: [
        {
          flags: '--weights <path>',
          description:
            'pretrained MobileNetV2: TensorFlow.js, Teachable Machine, Keras .h5 or .keras, safetensors, ONNX; or "random"',
        },
        {
          flags: '--alpha <width>',
          description: 'width of the network (default: that of the weights)',
          type: 'number',
        },
        {
          flags: '--size <pixels>',
          description: 'side of the square that the network sees, a multiple of 32 (default: by the images)',
          type: 'integer',
        },
        {
          flags: '--fit <how>',
          description: 'how a picture becomes a square (default: squash)',
          choices: ['squash', 'pad', 'crop'],
        },
        {
          flags: '--pooling <how>',
          description: 'pooling before the head (default: average; tutorial: max)',
          choices: ['average', 'max'],
        },
      ],
    },
    {
      title: 'Training',
      options: [
        {
          flags: '--recipe <name>',
          description:
            "auto, the most accurate in the least time, or tutorial, TensorFlow's to the letter (default: auto)",
          choices: ['auto', 'tutorial'],
        },
        {
          flags: '--epochs <n>',
          description: 'epochs of each phase, or of head and fine-tuning: 30,30',
          type: 'epochs',
        },
        { flags: '--batch-size <n>', description: 'images a step (default: 32)', type: 'integer' },
        {
          flags: '--learning-rate <rate>',
          description: 'of the head; fine-tuning keeps its ratio to it',
          type: 'number',
        },
        {
          flags: '--fine-tune-at <layer>',
          description: 'first layer to fine-tune, by Keras\' index or name; "none" trains the head only',
        },
        { flags: '--optimizer <name>', description: 'optimizer', choices: ['adam', 'adamw', 'sgd'] },
        {
          flags: '--schedule <name>',
          description: 'how the learning rate runs',
          choices: ['constant', 'cosine', 'one-cycle'],
        },
        {
          flags: '--batch-norm <mode>',
          description: 'statistics in trained layers (default: frozen)',
          choices: ['frozen', 'batch'],
        },
        {
          flags: '--augment <name>',
          description: 'random changes of the pictures',
          choices: ['none', 'flips', 'light', 'strong', 'aerial'],
        },
        { flags: '--views <n>', description: 'changed views of each picture, used in turn', type: 'integer' },
        {
          flags: '--patience <n>',
          description: 'end a phase after n epochs without a better one (0: never)',
          type: 'integer',
        },
        {
          flags: '--class-weights <weights>',
          description: 'none, balanced, or name=weight,name=weight (default: none)',
          type: 'class-weights',
        },
        { flags: '--label-smoothing <share>', description: 'move targets towards even odds', type: 'number' },
        { flags: '--seed <n>', description: 'of every random choice (default: 1)', type: 'integer' },
        threadsOption,
      ],
    },
    {
      title: 'Run',
      options: [
        { flags: '--run <folder>', description: 'where to write (default: runs/NAME of the data)' },
        { flags: '--resume', description: 'go on with an interrupted run' },
        { flags: '--config <file>', description: 'JSON file with any of these options, in camel case' },
        {
          flags: '--cache <folder>',
          description: 'where decoded images and features are kept (default: your cache)',
        },
        ...outputOptions,
      ],
    },
  ],
  examples: [
    ['graft train photos/', 'a folder per class in photos/'],
    ['graft train train.zip --labels train.csv', "Kaggle's files as downloaded"],
    ['graft train photos/ --recipe tutorial', "TensorFlow's transfer learning tutorial, 30 + 30 epochs"],
    ['graft train photos/ --weights my-teachable-machine.zip', 'start from a Teachable Machine project'],
    ['graft train photos/ --resume', 'go on after Ctrl-C'],
  ],
  stopsInOrder: true,
  load: () => import('./train.ts'),
}
