/** Work that reports by calling back, as a generator of what it reports. */

/**
 * Yields what the work tells while it goes on.
 *
 * @param work gets a function to tell by, and a signal that aborts with the given one, or when nobody listens any more
 * @param discard gets what the work gives where nobody listens any more
 * @returns what the work gives
 * @throws what the work throws, after what it told before
 */
export async function* telling<Told, Result>(
  work: (tell: (told: Told) => void, signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal | undefined,
  discard: (result: Result) => void = () => {},
): AsyncGenerator<Told, Result, undefined> {
  const leaving = new AbortController()
  const stop = signal === undefined ? leaving.signal : AbortSignal.any([signal, leaving.signal])
  const waiting: Told[] = []
  let isDone = false
  let isTaken = false
  let wake = (): void => {}
  const tell = (told: Told): void => {
    waiting.push(told)
    wake()
  }
  const result = work(tell, stop).finally(() => {
    isDone = true
    wake()
  })
  result.catch(() => {}) // it is thrown below, once all is told
  try {
    for (;;) {
      while (waiting.length > 0) yield waiting.shift()!
      if (isDone) {
        isTaken = true
        return await result
      }
      await new Promise<void>(resolve => (wake = resolve))
    }
  } finally {
    leaving.abort()
    if (!isTaken) result.then(discard, () => {})
  }
}
