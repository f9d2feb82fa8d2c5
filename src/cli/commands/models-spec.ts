/** `graft models` as data. */
import type { CommandSpec } from '../command.ts'
import { jsonOption } from './shared-options.ts'

export const modelsSpec: CommandSpec = {
  name: 'models',
  summary: 'list pretrained weights',
  description:
    'Lists the pretrained weights that training can start from: those in the package, in your cache (GRAFT_CACHE, else the usual place), and at their publisher.',
  arguments: [],
  groups: [{ title: 'Options', options: [jsonOption] }],
  examples: [
    ['graft models', 'a table'],
    ['graft train photos/ --weights mobilenet_v2_0.75_160', 'start from one of them'],
  ],
  load: () => import('./models.ts'),
}
