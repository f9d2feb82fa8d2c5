/** Options that several commands have. */
import type { OptionSpec } from '../command.ts'

export const labelOptions: readonly OptionSpec[] = [
  {
    flags: '--labels <file>',
    description:
      'CSV, TSV or JSONL file with the labels (default: one that lies with the images, else the folders)',
  },
  {
    flags: '--id-column <name>',
    description: 'its column with file names or ids (default: guessed, and said)',
  },
  { flags: '--label-column <name>', description: 'its column with labels (default: guessed, and said)' },
]

export const outputOptions: readonly OptionSpec[] = [
  { flags: '--json', description: 'one JSON object a line on standard output, and nothing else there' },
  { flags: '--quiet', description: 'no progress' },
]

export const threadsOption: OptionSpec = {
  flags: '--threads <n>',
  description: 'threads of the network (default: one a core, 8 at most)',
  type: 'integer',
}
