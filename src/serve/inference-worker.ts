/** The thread that runs the network: the engine holds the event loop of its thread while it computes. */
import { parentPort, workerData } from 'node:worker_threads'
import { type Engine, openEngine } from '../bundle/engine.ts'
import { type Explainer, openExplainer } from '../bundle/heat-maps.ts'
import { type Bundle, loadBundle } from '../bundle/load-bundle.ts'
import { pixelBytes } from '../pipeline/decode-source.ts'
import { UserError } from '../util/errors.ts'
import { failureOf } from '../util/failure.ts'
import type { FromInference, InferenceData, ToInference, Verdict } from './inference-protocol.ts'

const port = parentPort!
const { model, threads } = workerData as InferenceData
const send = (message: FromInference): void => port.postMessage(message)

/** The network, and the same with heat maps, where it is one that can be explained. */
interface Networks {
  readonly engine: Engine
  readonly explainer: Explainer | null
}

async function open(bundle: Bundle): Promise<Networks> {
  const engine = await openEngine(bundle, { threads })
  return { engine, explainer: await openExplainer(bundle, { threads }).catch(unlessUserError) }
}

function unlessUserError(error: unknown): null {
  if (error instanceof UserError) return null
  throw error
}

async function verdictsOf(
  { engine, explainer }: Networks,
  { pixels, explain }: ToInference,
): Promise<Verdict[]> {
  const judgements = await engine.run(pixels, pixels.length / pixelBytes(engine.preprocessing))
  const explanations = explain ? await explainer?.run(pixels) : undefined
  return judgements.map((judgement, row) => {
    const verdict = { ...judgement, unknown: engine.isUnknown(judgement) }
    const heat = explanations?.[row]?.heat
    return heat === undefined ? verdict : { ...verdict, heat }
  })
}

async function answer(networks: Networks, batch: ToInference): Promise<void> {
  const { id } = batch
  try {
    send({ type: 'answered', id, verdicts: await verdictsOf(networks, batch) })
  } catch (error) {
    send({ type: 'failed', id, failure: failureOf(error) })
  }
}

async function end({ engine, explainer }: Networks): Promise<void> {
  await Promise.all([engine.close(), explainer?.close()])
  port.close()
}

try {
  const bundle = loadBundle(model)
  const networks = await open(bundle)
  let last: Promise<void> = Promise.resolve()
  port.on('message', (batch: ToInference | null) => {
    last = last.then(() => (batch === null ? end(networks) : answer(networks, batch)))
  })
  send({ type: 'ready', facts: bundle.facts, explains: networks.explainer !== null })
} catch (error) {
  send({ type: 'unable', failure: failureOf(error) })
}
