/** The thread that trains, so that the thread that started it stays free to draw, to serve and to stop it. */
import { parentPort, workerData } from 'node:worker_threads'
import { steadyClock } from '../util/clock.ts'
import { UserError } from '../util/errors.ts'
import { failureOf } from '../util/failure.ts'
import { writeBundles } from './bundles.ts'
import type { FromWorker, ToWorker, WorkerRequest } from './protocol.ts'
import { trainRun } from './trainer.ts'

const port = parentPort!
const request = workerData as WorkerRequest
const stopping = new AbortController()
const send = (message: FromWorker): void => port.postMessage(message)

port.on('message', (message: ToWorker) => {
  if (message.type === 'stop') stopping.abort(new UserError('aborted', 'Training was stopped'))
})

try {
  const trained = await trainRun(request, {
    emit: event => send({ type: 'event', event }),
    signal: stopping.signal,
    clock: steadyClock,
  })
  writeBundles(request, trained)
  send({ type: 'trained', bestEpoch: trained.bestEpoch, epochs: trained.epochs })
} catch (error) {
  send({ type: 'failed', failure: failureOf(error) })
} finally {
  port.close()
}
