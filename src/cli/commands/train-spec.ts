/** `graft train` as data. */
import type { CommandSpec } from '../command.ts'
import { trainOptions } from '../train/option-groups.ts'

export const trainSpec: CommandSpec = {
  name: 'train',
  summary: 'train a classifier on a folder or a table of images',
  description:
    'Trains a classifier on your images and writes a run folder: the classifier (best.onnx), its figures, curves and a model card. Progress goes to standard error, the result to standard output.\n\nThe images lie in a folder per class, in train/ and val/ folders of such, in a zip of these, or beside a CSV, TSV, JSON or JSONL file that names their labels.\n\nCtrl-C stops at the next step with a checkpoint.',
  arguments: [['<data>', 'folder, zip archive or labels file']],
  groups: trainOptions,
  examples: [
    ['graft train photos/', 'a folder per class in photos/'],
    ['graft train train.zip --labels train.csv', "Kaggle's files as downloaded"],
    ['graft train photos/ --recipe tutorial --epochs 10,10', "TensorFlow's tutorial, a third as long"],
    ['graft train photos/ --weights my-project.zip', 'start from a Teachable Machine project'],
    ['graft train photos/ --dashboard', 'and watch it in a browser'],
    ['graft train photos/ --run runs/photos --resume', 'go on after Ctrl-C'],
  ],
  stopsInOrder: true,
  load: () => import('./train.ts'),
}
