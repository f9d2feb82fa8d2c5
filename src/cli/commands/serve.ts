/** `graft serve`: starts a server, says where it is, and ends it in order. */
import { isLoopback } from '../../serve/hosts.ts'
import type { ServeOptions } from '../../serve/options.ts'
import { type Server, serve } from '../../serve/server.ts'
import { exitStatus, UserError } from '../../util/errors.ts'
import type { CommandContext, CommandRun, GivenOptions } from '../command.ts'
import { styleFor } from '../terminal/stream.ts'
import { printable } from '../terminal/text.ts'

export const run: CommandRun = async ([model], options, context) => {
  const { json = false, quiet = false } = options
  const { stdout, stderr, signal } = context
  const write = (line: object): void => void (json && stdout.write(`${JSON.stringify(line)}\n`))
  const onRequest: ServeOptions['onRequest'] = entry =>
    write({ event: 'request', time: timeOf(context), ...entry })
  const server = await serve(model!, { ...requestOf(options), onRequest })
  try {
    write({ event: 'listening', url: server.url, classNames: server.classNames })
    if (!json) stdout.write(`${greeting(server, context).join('\n')}\n`)
    if (!quiet && !isLoopback(String(options['host'] ?? '127.0.0.1')))
      stderr.write('warning: everyone who can reach this machine can use it; it asks for no password\n')
    await stopOf(signal)
    if (!quiet) stderr.write('Stopping: answering what was asked; a second Ctrl-C ends at once\n')
  } finally {
    await server.close()
  }
  write({ event: 'stopped', time: timeOf(context) })
  return exitStatus.done
}

function requestOf(options: GivenOptions): ServeOptions {
  const { host, port, allowHost, threads, maxBody, maxImages, maxQueue } = options
  return {
    ...(host !== undefined && { host: String(host) }),
    ...(port !== undefined && { port: portOf(Number(port)) }),
    ...(allowHost !== undefined && { allowHosts: String(allowHost).split(',') }),
    ...(threads !== undefined && { threads: Number(threads) }),
    limits: {
      ...(maxBody !== undefined && { body: Number(maxBody) * 1e6 }),
      ...(maxImages !== undefined && { images: Number(maxImages) }),
      ...(maxQueue !== undefined && { queue: Number(maxQueue) }),
    },
  }
}

function portOf(port: number): number {
  if (port >= 0 && port <= 65_535) return port
  throw new UserError('usage', `The option "--port" takes a number from 0 to 65535. Received: "${port}"`)
}

function greeting({ url, classNames }: Server, { stdout, environment }: CommandContext): string[] {
  const style = styleFor(stdout, environment)
  const first = classNames.slice(0, 6).map(printable).join(', ')
  return [
    `Serving ${classNames.length} classes: ${first}${classNames.length > 6 ? ', ...' : ''}`,
    '',
    `  ${style('bold', url)}${' '.repeat(Math.max(2, 38 - url.length))}try it in a browser`,
    `  curl --data-binary @photo.jpg ${url}/v1/classify`,
    '',
    'Stop with Ctrl-C',
  ]
}

function stopOf(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
}

function timeOf({ clock }: CommandContext): string {
  return new Date(clock()).toISOString()
}
