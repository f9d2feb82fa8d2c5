/** The border to HTTP: listens, bounds what a client may take, and turns requests into calls and replies into bytes. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messageOf, UserError } from '../util/errors.ts'
import { type DeskOptions, openDesk } from './desk.ts'
import { refuseSocket } from './send.ts'

export interface HttpOptions extends DeskOptions {
  /** 0 for any that is free. */
  readonly port: number
  /** Seconds that a client has for its headers, and for its whole request. */
  readonly headerSeconds: number
  readonly requestSeconds: number
  readonly maxConnections: number
}

export interface HttpServer {
  /** `http://127.0.0.1:7860` */
  readonly url: string
  readonly port: number
  /** Takes no more requests, finishes those that are under way, as long as that takes `seconds` at most. */
  close(seconds?: number): Promise<void>
}

/**
 * Starts a server.
 *
 * @throws UserError `network` when the address cannot be had
 */
export async function listen(options: HttpOptions): Promise<HttpServer> {
  const desk = openDesk(options)
  const server = createServer({ connectionsCheckingInterval: 1000, keepAliveTimeout: 10_000 }, desk.serve)
  server.on('checkContinue', desk.serve)
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuseSocket(error, socket))
  server.headersTimeout = options.headerSeconds * 1000
  server.requestTimeout = options.requestSeconds * 1000
  server.maxConnections = options.maxConnections
  await started(server, options)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${reachable(options.host)}:${port}`,
    port,
    async close(seconds = 10) {
      server.close()
      await desk.close(seconds * 1000)
      server.closeAllConnections() // what is left has asked for nothing, or was given its time
    },
  }
}

/** An address for a browser on this machine: a server that listens on every address has no name of its own. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

function started(server: Server, { host, port }: HttpOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(unable(error, host, port)))
    server.listen(port, host, () => {
      server.removeAllListeners('error')
      server.on('error', () => {}) // one connection that cannot be taken, such as for want of file handles
      resolve()
    })
  })
}

function unable(cause: NodeJS.ErrnoException, host: string, port: number): UserError {
  const [reason, hint] =
    cause.code === 'EADDRINUSE'
      ? ['another program listens there', `stop it, or take another port: --port ${port + 1}`]
      : cause.code === 'EACCES'
        ? ['that port is for administrators', 'take one above 1023: --port 7860']
        : cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND'
          ? ['this machine has no such address', 'use --host 127.0.0.1, or 0.0.0.0 for every address']
          : [messageOf(cause), undefined]
  const message = `Cannot listen on "${host}:${port}": ${reason}`
  return new UserError('network', message, { cause, ...(hint === undefined ? {} : { hint }) })
}
