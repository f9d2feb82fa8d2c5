/** A thread of a divided session: it runs its graph on what it is sent, in place, and sends it back. */
import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { failureOf } from '../../util/failure.ts'
import { openSession, type Session } from '../session.ts'
import type { Tensor } from '../types.ts'
import { arraysIn, type Carrier } from './carrier.ts'
import { countUp, waitFor } from './counter.ts'
import type { FromPart, PartData } from './part.ts'

const { model, inputs, outputs, threads, port, asked, answered } = workerData as PartData
/** How long the next question is looked out for before the thread sleeps, in milliseconds. */
const patience = 0.2

const opening = openSession(model, { threads })
await opening.catch(() => {}) // met by the first batch
for (let count = 1; ; count++) {
  waitFor(asked, count, patience)
  const carrier = receiveMessageOnPort(port)!.message as Carrier | null
  if (carrier === null) break
  const failure = await opening
    .then(session => fill(session, carrier))
    .then(
      () => null,
      error => failureOf(error),
    )
  port.postMessage({ carrier, failure } satisfies FromPart, [carrier.buffer])
  countUp(answered)
}
await opening.then(session => session.close()).catch(() => {}) // it was told with the batch
port.close()

async function fill(session: Session, carrier: Carrier): Promise<void> {
  const places = arraysIn(carrier, [...inputs, ...outputs])
  const some = (names: readonly string[]): Record<string, Tensor> =>
    Object.fromEntries(names.map(name => [name, places[name]!]))
  await session.run(some(session.inputNames), some(session.outputNames))
}
