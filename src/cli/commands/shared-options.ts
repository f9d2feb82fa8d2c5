/** Options that several commands have. */
import type { OptionSpec } from '../command.ts'

export const labelOptions: readonly OptionSpec[] = [
  {
    flags: '--labels <file>',
    description: 'CSV, TSV, JSON or JSONL file with the labels; "folders" or "names" takes them from those',
    default: 'one that lies with the images, else the folders',
    elsewhere: ['manifest', 'csv', 'annotations'],
  },
  {
    flags: '--id-column <name>',
    description: 'its column with file names or ids',
    default: 'guessed, and said',
  },
  { flags: '--label-column <name>', description: 'its column with labels', default: 'guessed, and said' },
]

export const jsonOption: OptionSpec = {
  flags: '--json',
  description: 'one JSON object a line on standard output, and nothing else there',
}

export const quietOption: OptionSpec = {
  flags: '--quiet',
  description: 'no progress, only results and errors',
  elsewhere: ['silent'],
}

export const outputOptions: readonly OptionSpec[] = [jsonOption, quietOption]

export const threadsOption: OptionSpec = {
  flags: '--threads <n>',
  description: 'threads of the network',
  default: 'one a core, 8 at most',
  type: 'count',
  elsewhere: ['workers', 'num-workers', 'jobs'],
}

export const validationOption: OptionSpec = {
  flags: '--validation <share>',
  description: 'share of the images to hold out, where the data names no split',
  default: '0.1',
  type: 'number',
  elsewhere: ['val', 'val-split', 'validation-split', 'test-size', 'split'],
}

export const seedOption: OptionSpec = {
  flags: '--seed <n>',
  description: 'of every random choice',
  default: '1',
  type: 'integer',
  elsewhere: ['random-seed', 'random-state'],
}
