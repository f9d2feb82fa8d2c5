/** `graft distill` as data. */
import type { CommandSpec } from '../command.ts'
import { outputOptions, threadsOption } from './shared-options.ts'

export const distillSpec: CommandSpec = {
  name: 'distill',
  summary: 'teach a small network what large ones know',
  description:
    'Teaches a MobileNetV2 to give the features and the logits that other networks give, on images without labels. Its weights can then be given to graft train with --weights.',
  arguments: [],
  stopsInOrder: true,
  groups: [
    {
      title: 'What from',
      options: [
        {
          flags: '--teacher <files...>',
          description: 'runs, ONNX networks that take pictures in [-1, 1], MobileNetV2 weights',
        },
        { flags: '--data <folder>', description: 'images, in folders at any depth or in a zip' },
        { flags: '--exclude <file>', description: 'lists folders, one a line, whose images are not read' },
      ],
    },
    {
      title: 'The student',
      options: [
        {
          flags: '--student <name>',
          description: 'the kind of network',
          default: 'mobilenet_v2',
          choices: ['mobilenet_v2'],
        },
        { flags: '--alpha <width>', description: 'its width (default: 0.35)', type: 'number' },
        { flags: '--size <pixels>', description: 'the pictures it will see (default: 96)', type: 'integer' },
        {
          flags: '--weights <file>',
          description: 'MobileNetV2 weights that it starts from, or "embedded" (default: random ones)',
        },
      ],
    },
    {
      title: 'How',
      options: [
        { flags: '--epochs <n>', description: 'at the size given (default: 1)', type: 'integer' },
        {
          flags: '--small-epochs <n>',
          description: 'before, at a smaller size (default: 13)',
          type: 'integer',
        },
        { flags: '--small-size <pixels>', description: 'that size (default: two thirds)', type: 'integer' },
        {
          flags: '--teacher-size <pixels>',
          description: 'what the teachers see (default: 224)',
          type: 'integer',
        },
        { flags: '--views <n>', description: 'cached views of each image (default: 2)', type: 'integer' },
        { flags: '--batch-size <n>', description: '(default: 64)', type: 'integer' },
        { flags: '--learning-rate <rate>', description: 'at its peak (default: 0.002)', type: 'number' },
        { flags: '--weight-decay <rate>', description: '(default: 0.03)', type: 'number' },
        { flags: '--temperature <t>', description: 'of logits (default: 2)', type: 'number' },
        {
          flags: '--logit-weight <w>',
          description: 'of agreeing with logits (default: 0.1)',
          type: 'number',
        },
        { flags: '--seed <n>', description: 'of every draw (default: 1)', type: 'integer' },
        threadsOption,
      ],
    },
    {
      title: 'Where',
      options: [
        { flags: '--run <folder>', description: 'run folder', default: 'runs/student' },
        { flags: '--resume', description: "go on with the run folder's checkpoint" },
        {
          flags: '--cache <folder>',
          description: "where views and answers are kept (default: the user's cache)",
        },
        ...outputOptions,
      ],
    },
  ],
  examples: [
    ['graft distill --teacher big.onnx --data photos/ --run runs/small', 'runs/small/student.safetensors'],
    ['graft train flowers/ --weights runs/small/student.safetensors', 'a classifier on top of it'],
  ],
  load: () => import('./distill.ts'),
}
