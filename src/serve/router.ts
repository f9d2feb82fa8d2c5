/** Which handler a request is for; one that is for none is told what there is. */
import type { IncomingHttpHeaders } from 'node:http'
import { Refusal, type Reply } from './reply.ts'

/** A request as handlers see it. */
export interface Call {
  readonly method: string
  readonly path: string
  /** What stands for the `:names` of the route's path. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** Whether the client has gone. */
  readonly isGone: () => boolean
  /** Aborted when the client goes, or has its answer; made when it is first asked for, since it is not cheap. */
  readonly signal: AbortSignal
  /**
   * Reads the body, once.
   *
   * @param use told each piece as it comes; what it throws ends the reading
   * @throws Refusal 413 or 503 as `readBody` does
   */
  read(use: (piece: Uint8Array) => void): Promise<void>
}

export interface Route {
  readonly method: 'GET' | 'POST'
  /** Such as `/v1/model` or `/runs/:id`; a name stands for one part of the path. */
  readonly path: string
  readonly handle: (call: Call) => Reply | Promise<Reply>
}

/** A route and what stands for its names. */
export interface Found {
  readonly handle: Route['handle']
  readonly params: Readonly<Record<string, string>>
}

/**
 * Finds routes; HEAD goes to GET's.
 *
 * @returns throws Refusal 404 or 405, which says what there is
 */
export function router(routes: readonly Route[]): (method: string, path: string) => Found {
  const patterns = routes.map(route => ({ ...route, pattern: patternOf(route.path) }))
  const all = `there is: ${routes.map(({ method, path }) => `${method} ${path}`).join(', ')}`
  return (method, path) => {
    const here = patterns.filter(({ pattern }) => pattern.test(path))
    const wanted = method === 'HEAD' ? 'GET' : method
    const route = here.find(one => one.method === wanted)
    if (route) return { handle: route.handle, params: paramsOf(route.pattern, path) }
    if (here.length === 0) throw new Refusal(404, 'not-found', `There is no "${path}" here`, { hint: all })
    const allow = here.map(one => (one.method === 'GET' ? 'GET, HEAD' : one.method)).join(', ')
    throw new Refusal(405, 'method', `"${path}" does not take ${method}`, {
      hint: `use ${allow}`,
      headers: { allow },
    })
  }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`)
}

function paramsOf(pattern: RegExp, path: string): Record<string, string> {
  const groups = Object.entries(pattern.exec(path)?.groups ?? {})
  return Object.fromEntries(groups.map(([name, value]) => [name, decoded(value)]))
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new Refusal(400, 'path', `The path holds a broken escape: "${part}"`)
  }
}
