/** The thread that runs the network: the engine holds the event loop of its thread while it computes. */
import { parentPort, workerData } from 'node:worker_threads'
import { type Engine, openEngine } from '../bundle/engine.ts'
import { loadBundle } from '../bundle/load-bundle.ts'
import { pixelBytes } from '../pipeline/decode-source.ts'
import { failureOf } from '../train/protocol.ts'
import type { FromInference, InferenceData, ToInference } from './inference-protocol.ts'

const port = parentPort!
const { model, threads } = workerData as InferenceData
const send = (message: FromInference): void => port.postMessage(message)

async function answer(engine: Engine, { id, pixels }: ToInference): Promise<void> {
  try {
    const rows = await engine.run(pixels, pixels.length / pixelBytes(engine.preprocessing))
    send({ type: 'answered', id, verdicts: rows.map(probabilities => ({ probabilities })) })
  } catch (error) {
    send({ type: 'failed', id, failure: failureOf(error) })
  }
}

try {
  const bundle = loadBundle(model)
  const engine = await openEngine(bundle, { threads })
  port.on('message', (batch: ToInference) => void answer(engine, batch))
  send({ type: 'ready', facts: bundle.facts })
} catch (error) {
  send({ type: 'unable', failure: failureOf(error) })
}
