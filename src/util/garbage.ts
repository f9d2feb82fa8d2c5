/** Giving memory back at a moment of our own choice. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collect: (() => void) | undefined

/**
 * Collects the thread's garbage: 20 to 50 ms. V8 waits for a heap to grow, so a thread that rests after a large piece
 * of work, or computes in native code, would keep what nobody uses any more, arrays of tens of megabytes among it.
 */
export function collectGarbage(): void {
  collect ??= collector()
  collect()
}

/** V8 shows its collector to contexts that are made while the flag is set. */
function collector(): () => void {
  setFlagsFromString('--expose-gc')
  const found: unknown = runInNewContext('globalThis.gc')
  setFlagsFromString('--no-expose-gc')
  return typeof found === 'function' ? (found as () => void) : () => {}
}
