/** `graft models` as data. */
import type { CommandSpec } from '../command.ts'

export const modelsSpec: CommandSpec = {
  name: 'models',
  summary: 'list pretrained weights',
  description:
    'Lists the pretrained weights that training can start from: those in the package, in your cache, and at their publisher.',
  arguments: [],
  groups: [{ title: 'Options', options: [{ flags: '--json', description: 'one JSON object a line' }] }],
  examples: [['graft models', 'a table']],
  load: () => import('./models.ts'),
}
