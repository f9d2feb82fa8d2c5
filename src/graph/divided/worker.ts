/** A thread of a divided session: it runs its graph on what it is sent, in place, and sends it back. */
import { parentPort, workerData } from 'node:worker_threads'
import { failureOf } from '../../util/failure.ts'
import { openSession } from '../session.ts'
import { arraysIn, type Carrier } from './carrier.ts'
import type { FromPart, PartData } from './part.ts'

const port = parentPort!
const { model, inputs, outputs, threads } = workerData as PartData
const opening = openSession(model, { threads })
opening.catch(() => {}) // met by the first batch

port.on('message', async (carrier: Carrier | null) => {
  if (carrier === null) return end()
  const failure = await fill(carrier).then(
    () => null,
    error => failureOf(error),
  )
  port.postMessage({ carrier, failure } satisfies FromPart, [carrier.buffer])
})

async function fill(carrier: Carrier): Promise<void> {
  const session = await opening
  const places = arraysIn(carrier, [...inputs, ...outputs])
  const some = (names: readonly string[]) => Object.fromEntries(names.map(name => [name, places[name]!]))
  await session.run(some(session.inputNames), some(session.outputNames))
}

async function end(): Promise<void> {
  await opening.then(session => session.close()).catch(() => {}) // it was told with the batch
  port.close()
}
