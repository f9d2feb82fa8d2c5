/** Starting the training thread, hearing what it says, and asking it to stop. */
import { Worker } from 'node:worker_threads'
import { deathOf, errorOf, type Failure, failureOf } from '../util/failure.ts'
import { collectGarbage } from '../util/garbage.ts'
import { hasEnded } from '../util/threads.ts'
import type { FromWorker, ToWorker, WorkerRequest } from './protocol.ts'
import type { TrainEvent } from './types.ts'

/**
 * Runs a training in a thread of its own and yields its events as they come.
 *
 * @param signal when aborted, the run ends at its next step with a checkpoint; a second look at it is not needed
 * @param onEvent hears each event as it comes, also while nobody asks for the next one
 * @returns the best epoch and the number of epochs
 * @throws UserError when training fails; code `aborted` when it was stopped
 */
export async function* runTrainer(
  request: WorkerRequest,
  signal: AbortSignal,
  onEvent: (event: TrainEvent) => void = () => {},
): AsyncGenerator<TrainEvent, { bestEpoch: number; epochs: number }, undefined> {
  collectGarbage() // the calling thread has read the dataset, and rests from here on
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: request })
  worker.on('message', (message: FromWorker) => {
    if (message.type === 'event') onEvent(message.event)
  })
  const inbox = mailbox(worker)
  const stop = (): void => worker.postMessage({ type: 'stop' } satisfies ToWorker)
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  try {
    for (;;) {
      const message = await inbox.next()
      if (message.type === 'event') yield message.event
      if (message.type === 'failed') throw errorOf(message.failure)
      if (message.type === 'trained') return message
    }
  } finally {
    signal.removeEventListener('abort', stop)
    stop() // where nobody listens any more; one that has finished does not hear it
    await hasEnded(worker)
  }
}

/** The worker's messages one by one; its death is a failure. */
function mailbox(worker: Worker): { next(): Promise<FromWorker> } {
  const waiting: FromWorker[] = []
  let wake: (() => void) | undefined
  const put = (message: FromWorker): void => {
    waiting.push(message)
    wake?.()
  }
  const fail = (failure: Failure): void => put({ type: 'failed', failure })
  worker.on('message', put)
  worker.on('error', error => fail(deathOf(error)))
  worker.on('exit', code => fail(failureOf(new Error(`the training thread ended with status ${code}`))))
  return {
    async next() {
      while (waiting.length === 0) await new Promise<void>(resolve => (wake = resolve))
      return waiting.shift()!
    },
  }
}
