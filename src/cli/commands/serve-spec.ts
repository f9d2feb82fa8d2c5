/** `graft serve` as data. */
import type { CommandSpec } from '../command.ts'
import { jsonOption, quietOption, threadsOption } from './shared-options.ts'

export const serveSpec: CommandSpec = {
  name: 'serve',
  summary: 'answer over HTTP, with a page to try it on',
  description:
    'Serves a classifier until it is stopped with Ctrl-C: a page for people at /, and POST /v1/classify for programs. Only this machine can reach it unless --host says otherwise. It keeps no image and fetches no address.',
  arguments: [['<run>', 'run folder or .onnx file']],
  groups: [
    {
      title: 'Where',
      options: [
        {
          flags: '--port <n>',
          description: 'port to listen on; 0 for any that is free',
          default: '7860',
          type: 'integer',
        },
        {
          flags: '--host <address>',
          description: 'address to listen on; 0.0.0.0 for every one, so that others can reach it',
          default: '127.0.0.1',
          elsewhere: ['bind', 'address', 'hostname', 'ip'],
        },
        {
          flags: '--allow-host <names>',
          description: 'more names by which it may be asked for, with commas, such as that of a proxy',
        },
      ],
    },
    {
      title: 'How much',
      options: [
        { ...threadsOption, default: 'one a core, 4 at most' },
        {
          flags: '--max-body <megabytes>',
          description: 'largest body of a request',
          default: '32',
          type: 'count',
          elsewhere: ['max-size', 'max-upload', 'limit'],
        },
        {
          flags: '--max-images <n>',
          description: 'most images in one form',
          default: '32',
          type: 'count',
        },
        {
          flags: '--max-queue <n>',
          description: 'most images that may wait; whoever comes then is told to come again',
          default: '256',
          type: 'count',
        },
      ],
    },
    {
      title: 'What to write',
      options: [
        { ...jsonOption, description: 'a JSON object a line for each request, on standard output' },
        quietOption,
      ],
    },
  ],
  examples: [
    ['graft serve runs/photos', 'then open http://127.0.0.1:7860'],
    ['curl --data-binary @photo.jpg "http://127.0.0.1:7860/v1/classify?top=3"', 'one image'],
    ['curl -F a=@a.jpg -F b=@b.jpg http://127.0.0.1:7860/v1/classify', 'several'],
    ['graft serve runs/photos --host 0.0.0.0 --json >> access.jsonl', 'for others, with a log'],
  ],
  stopsInOrder: true,
  load: () => import('./serve.ts'),
}
