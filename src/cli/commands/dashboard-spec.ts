/** `graft dashboard` as data. */
import type { CommandSpec } from '../command.ts'

export const dashboardSpec: CommandSpec = {
  name: 'dashboard',
  summary: 'watch trainings in a browser, and stop them',
  description:
    'Shows trainings while they go on, and those that have ended, in a page that only this machine can reach: curves as steps end, rate and time left, what the network says of a few validation images, and a button that stops a run with a checkpoint. Runs that begin later appear by themselves. Ctrl-C ends it and leaves every training alone.\n\nTensorBoard reads the same folders: tensorboard --logdir runs/',
  arguments: [['[folder]', 'run folder, or folder of runs (default: runs)']],
  groups: [
    {
      title: 'Where',
      options: [
        {
          flags: '--port <n>',
          description: 'port to listen on; 0 for any that is free',
          default: '7870, or any that is free',
          type: 'integer',
        },
      ],
    },
  ],
  examples: [
    ['graft dashboard', 'all runs in runs/'],
    ['graft dashboard runs/photos --port 8080', 'one run, at http://127.0.0.1:8080'],
    ['graft train photos/ --dashboard', 'one for as long as a training lasts'],
  ],
  stopsInOrder: true,
  load: () => import('./dashboard.ts'),
}
