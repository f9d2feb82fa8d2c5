/** A plain static web server on this machine, as any user might put an exported folder on. */
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

export interface StaticServer {
  /** Such as `http://localhost:4711/`. */
  readonly url: string
  close(): Promise<void>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
}

/**
 * @param roots folders that are looked through in turn
 * @param headers sent with every answer
 */
export async function serveFolders(
  roots: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): Promise<StaticServer> {
  const server = createServer(({ url }, response) => {
    const name = normalize(decodeURIComponent(new URL(url!, 'http://localhost').pathname)).replace(
      /\/$/,
      '/index.html',
    )
    const path = roots.map(root => join(root, name)).find(file => existsSync(file) && statSync(file).isFile())
    if (path === undefined) return void response.writeHead(404).end()
    response.writeHead(200, {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      ...headers,
    })
    createReadStream(path).pipe(response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
