/** The thread that distills, so that the thread that started it stays free to draw and to stop it. */
import { parentPort, workerData } from 'node:worker_threads'
import { steadyClock } from '../util/clock.ts'
import { UserError } from '../util/errors.ts'
import { failureOf } from '../util/failure.ts'
import type { FromDistiller } from './distill.ts'
import { distillRun } from './distiller.ts'
import type { DistillerRequest } from './epoch.ts'

const port = parentPort!
const stopping = new AbortController()
const send = (message: FromDistiller): void => port.postMessage(message)

port.on('message', () => stopping.abort(new UserError('aborted', 'Distilling was stopped')))

try {
  const record = await distillRun(workerData as DistillerRequest, {
    emit: event => send({ type: 'event', event }),
    signal: stopping.signal,
    clock: steadyClock,
  })
  send({ type: 'done', record })
} catch (error) {
  send({ type: 'failed', failure: failureOf(error) })
} finally {
  port.close()
}
