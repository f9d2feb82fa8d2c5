/** A thread that runs a frozen prefix on batches of pixels, one after another. */
import { parentPort, workerData } from 'node:worker_threads'
import { openSession } from '../graph/session.ts'
import { toTensor } from '../pipeline/tensor.ts'
import type { FromPrefix, PrefixData, PrefixJob } from './prefix-pool.ts'
import { failureOf } from './protocol.ts'
import { viewOf } from './view.ts'

const port = parentPort!
const { model, size } = workerData as PrefixData
const opening = openSession(model)
opening.catch(() => {}) // met by the first batch
/** Used again by every batch of the same length or less. */
let image = new Float32Array()

// One at a time: the engine reads its input a turn after it is called, when the next batch would lie there already.
let last: Promise<void> = Promise.resolve()
port.on('message', (job: PrefixJob | null) => {
  last = last.then(async () => {
    if (job === null) return end()
    try {
      port.postMessage(...(await answer(job)))
    } catch (error) {
      port.postMessage({ failure: failureOf(error) } satisfies FromPrefix)
    }
  })
})

async function end(): Promise<void> {
  await opening.then(session => session.close()).catch(() => {}) // it was told with each batch
  port.close()
}

async function answer({ pixels, contents, view }: PrefixJob): Promise<[FromPrefix, ArrayBuffer[]]> {
  const session = await opening
  const seen = viewOf(pixels, contents, size, view)
  if (image.length < seen.length) image = new Float32Array(seen.length)
  const shape = [contents.length, 3, size, size]
  const data = toTensor(seen, size, image).subarray(0, seen.length)
  const results = await session.run({ image: { dtype: 'float32', shape, data } })
  const features = session.outputNames.map(name => results[name]!.data as Float32Array<ArrayBuffer>)
  return [{ features }, features.map(({ buffer }) => buffer)]
}
