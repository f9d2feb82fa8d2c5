/** Ending threads that compute in native code. */
import type { Worker } from 'node:worker_threads'

/** What a thread that was asked to end may take for the step that it is at: in milliseconds. */
const patience = 60_000

/**
 * Waits until a thread has ended by itself, as it was asked to.
 *
 * To terminate a thread inside of the engine takes the whole process with it: native code then meets an exception that
 * nobody catches (`terminate called after throwing an instance of 'Napi::Error'`). So threads that use the engine are
 * asked, and only one that does not listen any more is terminated.
 */
export async function hasEnded(worker: Worker): Promise<void> {
  if (worker.threadId === -1) return
  await new Promise<void>(resolve => {
    const timer = setTimeout(() => void worker.terminate(), patience)
    worker.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
