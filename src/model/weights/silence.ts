/** A server that says nothing for too long. */

export interface Silence {
  readonly signal: AbortSignal
  heard(): void
  stop(): void
}

/** A signal that aborts when `heard` was not called for so long. */
export function watchSilence(milliseconds: number): Silence {
  const controller = new AbortController()
  const start = (): NodeJS.Timeout => setTimeout(() => controller.abort(), milliseconds)
  let timer = start()
  const heard = (): void => {
    clearTimeout(timer)
    timer = start()
  }
  return { signal: controller.signal, heard, stop: () => clearTimeout(timer) }
}
