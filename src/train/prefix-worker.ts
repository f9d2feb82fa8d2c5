/** A thread that runs a frozen prefix on batches of pixels, one after another. */
import { parentPort, workerData } from 'node:worker_threads'
import { elementCount } from '../graph/dims.ts'
import { openSession } from '../graph/session.ts'
import { tensor } from '../graph/tensor.ts'
import { toTensor } from '../pipeline/tensor.ts'
import { failureOf } from '../util/failure.ts'
import { buffersOf, type FromPrefix, type PrefixData, type ToPrefix } from './prefix-pool.ts'
import { viewOf } from './view.ts'

const port = parentPort!
const { model, size, shapes } = workerData as PrefixData
const opening = openSession(model)
opening.catch(() => {}) // met by the first batch
/** Used again by every batch of the same length or less. */
let [drawn, image] = [new Uint8Array(), new Float32Array()]

// One at a time: the engine reads its input a turn after it is called, when the next batch would lie there already.
let last: Promise<void> = Promise.resolve()
port.on('message', (message: ToPrefix | null) => {
  last = last.then(async () => {
    if (message === null) return end()
    const failure = await fill(message).then(
      () => null,
      error => failureOf(error),
    )
    const { carrier } = message
    port.postMessage({ carrier, failure } satisfies FromPrefix, buffersOf(carrier))
  })
})

async function end(): Promise<void> {
  await opening.then(session => session.close()).catch(() => {}) // it was told with each batch
  port.close()
}

/** Computes the features of a carrier's pixels into it. */
async function fill({ carrier, contents, view }: ToPrefix): Promise<void> {
  const session = await opening
  const numbers = contents.length * size * size * 3
  if (image.length < numbers) [drawn, image] = [new Uint8Array(numbers), new Float32Array(numbers)]
  const seen = viewOf(carrier.pixels.subarray(0, numbers), contents, size, view, drawn)
  const input = toTensor(seen, size, image).subarray(0, numbers)
  const count = contents.length
  const into = session.outputNames.map((name, at) => {
    const shape = [count, ...shapes[at]!]
    return [name, tensor('float32', shape, carrier.features[at]!.subarray(0, elementCount(shape)))]
  })
  await session.run({ image: tensor('float32', [count, 3, size, size], input) }, Object.fromEntries(into))
}
