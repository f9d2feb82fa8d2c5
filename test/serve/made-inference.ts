/** A thread that speaks as an inference thread does, and dies, hangs or fails when a picture tells it to. */
import { parentPort, workerData } from 'node:worker_threads'
import { loadBundle } from '../../src/bundle/load-bundle.ts'
import {
  type FromInference,
  type InferenceData,
  packedVerdicts,
  type ToInference,
  unpacked,
} from '../../src/serve/inference-protocol.ts'

const { model, isDecoding } = workerData as InferenceData
const say = (message: FromInference): void => parentPort!.postMessage(message)

parentPort!.on('message', (batch: ToInference | null) => {
  if (batch === null) return parentPort!.close()
  const rows = unpacked(batch)
  const word = new TextDecoder().decode(rows[0]!.bytes)
  if (word === 'die') process.exit(1)
  if (word === 'hang') Atomics.store(isDecoding, 0, 1)
  while (word === 'hang') Math.random()
  if (word === 'fail')
    return say({
      type: 'failed',
      failure: { code: 'model', message: 'it failed', hint: undefined, stack: undefined },
    })
  say({ type: 'answered', verdicts: packedVerdicts([], []) })
})
say({ type: 'ready', facts: loadBundle(model).facts, explains: false })
