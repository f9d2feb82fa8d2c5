/** Who may be meant by a request: a page elsewhere must not reach a private server under a name of its own. */
import { isIP } from 'node:net'
import { Refusal } from './reply.ts'

/** Whether an address is reached from its own machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}

/**
 * A check of the Host header, for a server that listens on a loopback address. A name that somebody points at
 * 127.0.0.1 (DNS rebinding) would let that somebody's pages read what the server says; plain addresses and
 * `localhost` are no such names.
 *
 * @param names more names under which the server is known
 * @returns throws Refusal 403 for any other name
 */
export function hostCheck(names: readonly string[]): (header: string | undefined) => void {
  const known = new Set(['localhost', ...names.map(name => name.toLowerCase())])
  return (header = '') => {
    const name = hostName(header)
    if (known.has(name) || name.endsWith('.localhost') || isIP(name.replace(/^\[|\]$/g, '')) > 0) return
    throw new Refusal(403, 'host', `This server is not known as "${name}"`, {
      hint: 'ask for 127.0.0.1 or localhost, or start it with "--allow-host"',
    })
  }
}

/** The header without its port. */
function hostName(header: string): string {
  return header.toLowerCase().replace(/:\d*$/, '')
}
