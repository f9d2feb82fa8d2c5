/** The options of `graft train`, by what they are about. */
import type { OptionGroup } from '../command.ts'
import {
  jsonOption,
  labelOptions,
  quietOption,
  seedOption,
  threadsOption,
  validationOption,
} from '../commands/shared-options.ts'

const data: OptionGroup = {
  title: 'Data',
  options: [
    ...labelOptions,
    validationOption,
    {
      flags: '--folds <n>',
      description: 'also cross-validate: train n more times, each measured on a part it never saw',
      type: 'count',
      elsewhere: ['k-folds', 'kfold', 'cv', 'cross-validation'],
    },
    {
      flags: '--exclude <file>',
      description:
        'table of images to leave out: the findings.csv of "graft inspect", or one with a column "id"',
      elsewhere: ['ignore', 'skip', 'blacklist'],
    },
    {
      flags: '--group-duplicates',
      description: 'keep copies of a picture, exact or near, on one side of the split',
      default: 'on; tutorial: off',
      elsewhere: ['group', 'groups', 'deduplicate'],
    },
    { flags: '--no-group-duplicates', description: 'split as if there were no copies' },
    {
      flags: '--skip-bad',
      description: 'train although more than 1% of the files cannot be read',
      elsewhere: ['ignore-errors', 'skip-errors'],
    },
  ],
}

const network: OptionGroup = {
  title: 'Network',
  options: [
    {
      flags: '--weights <path>',
      description:
        'pretrained MobileNetV2: a file or folder of TensorFlow.js, Teachable Machine, Keras, safetensors or ONNX; an id that "graft models" lists; or "random"',
      default: 'the ones in the package',
      elsewhere: ['model', 'backbone', 'pretrained', 'checkpoint'],
    },
    {
      flags: '--alpha <width>',
      description: 'width of the network',
      default: 'that of the weights',
      type: 'number',
      elsewhere: ['width', 'width-multiplier'],
    },
    {
      flags: '--size <pixels>',
      description: 'side of the square that the network sees, a multiple of 32',
      default: "by the images' size",
      type: 'integer',
      elsewhere: ['imgsz', 'img-size', 'image-size', 'input-size', 'resolution'],
    },
    {
      flags: '--fit <how>',
      description: 'how a picture becomes a square',
      default: 'squash',
      choices: ['squash', 'pad', 'crop'],
      elsewhere: ['resize', 'resize-mode'],
    },
    {
      flags: '--pooling <how>',
      description: 'pooling before the head',
      default: 'average; tutorial: max',
      choices: ['average', 'max'],
    },
  ],
}

const training: OptionGroup = {
  title: 'Training (what is not given is as the recipe has it)',
  options: [
    {
      flags: '--recipe <name>',
      description: "auto: the most accurate in the least time; tutorial: as in TensorFlow's tutorial",
      default: 'auto',
      choices: ['auto', 'tutorial'],
      elsewhere: ['preset'],
    },
    {
      flags: '--epochs <n>',
      description: 'of each phase, or of the head and of fine-tuning, such as 30,30',
      type: 'epochs',
      elsewhere: ['epoch', 'num-epochs', 'n-epochs'],
    },
    {
      flags: '--batch-size <n>',
      description: 'images a step',
      default: '32',
      type: 'count',
      elsewhere: ['batch', 'bs'],
    },
    {
      flags: '--learning-rate <rate>',
      description: 'of the head; fine-tuning keeps its ratio to it',
      type: 'number',
      elsewhere: ['lr', 'lr0', 'rate'],
    },
    {
      flags: '--fine-tune-at <layer>',
      description: 'first layer to fine-tune, by Keras\' index or name; "none" trains the head only',
      elsewhere: ['freeze', 'unfreeze', 'fine-tune'],
    },
    {
      flags: '--optimizer <name>',
      description: 'how weights follow gradients',
      choices: ['adam', 'adamw', 'sgd'],
      elsewhere: ['optim'],
    },
    {
      flags: '--schedule <name>',
      description: 'how the learning rate runs',
      choices: ['constant', 'cosine', 'one-cycle'],
      elsewhere: ['scheduler', 'lr-scheduler', 'lr-schedule'],
    },
    {
      flags: '--batch-norm <mode>',
      description: 'statistics in trained layers',
      default: 'frozen',
      choices: ['frozen', 'batch'],
      elsewhere: ['bn'],
    },
    {
      flags: '--augment <name>',
      description: 'random changes of the pictures',
      choices: ['none', 'flips', 'light', 'strong', 'aerial'],
      elsewhere: ['augmentation', 'aug', 'augmentations'],
    },
    { flags: '--views <n>', description: 'changed views of each picture, used in turn', type: 'count' },
    {
      flags: '--patience <n>',
      description: 'end a phase after n epochs without a better one; 0: never',
      type: 'integer',
      elsewhere: ['early-stopping', 'early-stop'],
    },
    {
      flags: '--class-weights <weights>',
      description: 'none, balanced, or name=weight,name=weight',
      default: 'none',
      type: 'class-weights',
    },
    {
      flags: '--label-smoothing <share>',
      description: 'move targets towards even odds',
      default: '0',
      type: 'number',
    },
    seedOption,
    threadsOption,
  ],
}

const run: OptionGroup = {
  title: 'Run',
  options: [
    {
      flags: '--run <folder>',
      description: 'folder for the run, which must hold none yet',
      default: 'runs/NAME of the data',
      elsewhere: ['output', 'out', 'project', 'name', 'save-dir', 'output-dir'],
    },
    {
      flags: '--resume',
      description: 'go on with the checkpoint of the run folder',
      elsewhere: ['continue'],
    },
    {
      flags: '--config <file>',
      description: 'JSON object of these options in camel case; the command line goes before it',
      elsewhere: ['configuration'],
    },
    {
      flags: '--cache <folder>',
      description: 'folder for decoded images and features',
      default: "GRAFT_CACHE, else the user's cache",
      elsewhere: ['cache-dir'],
    },
    {
      flags: '--dashboard [port]',
      description: 'a page in the browser that shows it live',
      takes: /^\d+$/,
      elsewhere: ['live', 'ui', 'web', 'plots'],
    },
    jsonOption,
    { ...quietOption, description: 'only errors and one line at the end' },
  ],
}

export const trainOptions: readonly OptionGroup[] = [data, network, training, run]
