/** A thread that runs the network: the engine holds the event loop of its thread while it computes. */
import { parentPort, workerData } from 'node:worker_threads'
import { type Engine, openEngine } from '../bundle/engine.ts'
import { type Explainer, openExplainer } from '../bundle/heat-maps.ts'
import { type Bundle, loadBundle } from '../bundle/load-bundle.ts'
import { pixelBytes } from '../pipeline/decode-source.ts'
import { writeThumbnail } from '../pipeline/thumbnail.ts'
import { UserError } from '../util/errors.ts'
import { failureOf } from '../util/failure.ts'
import {
  type FromInference,
  type InferenceData,
  type PackedVerdicts,
  packedVerdicts,
  type Row,
  type ToInference,
  unpacked,
  type Verdict,
} from './inference-protocol.ts'

const port = parentPort!
const { model, isDecoding } = workerData as InferenceData
const send = (message: FromInference): void => port.postMessage(message)

/** The network, and the same with heat maps, where it is one that can be explained. */
interface Networks {
  readonly engine: Engine
  readonly explainer: Explainer | null
}

async function open(bundle: Bundle): Promise<Networks> {
  const engine = await openEngine(bundle)
  await engine.run(new Uint8Array(pixelBytes(engine.preprocessing)), 1) // so that no client waits for the first time
  return { engine, explainer: await openExplainer(bundle).catch(unlessUserError) }
}

function unlessUserError(error: unknown): null {
  if (error instanceof UserError) return null
  throw error
}

/** Used again for every batch: memory outside of the heap makes the collector of garbage run early and often. */
let squares = new Uint8Array()

/** The squares of the rows that can be read here, valid until the next batch, and which rows these are. */
async function squaresOf(
  rows: readonly Row[],
  { preprocessing }: Engine,
): Promise<{ pixels: Uint8Array; places: number[] }> {
  const length = pixelBytes(preprocessing)
  if (squares.length < rows.length * length) squares = new Uint8Array(rows.length * length)
  const places: number[] = []
  Atomics.store(isDecoding, 0, 1)
  for (const [place, { type, bytes }] of rows.entries()) {
    const out = squares.subarray(places.length * length, (places.length + 1) * length)
    if (type === 'square') out.set(bytes)
    else if (!(await writeThumbnail(bytes, preprocessing, out))) continue
    places.push(place)
  }
  Atomics.store(isDecoding, 0, 0)
  return { pixels: squares.subarray(0, places.length * length), places }
}

async function verdictsOf({ engine, explainer }: Networks, batch: ToInference): Promise<PackedVerdicts> {
  const rows = unpacked(batch)
  const { pixels, places } = await squaresOf(rows, engine)
  const judgements = await engine.run(pixels, rows.length)
  const explanations = batch.explain && places.length > 0 ? await explainer?.run(pixels) : undefined
  const verdicts = judgements.map((judgement, at): Verdict => {
    const heat = explanations?.[at]?.heat
    const verdict = { ...judgement, unknown: engine.isUnknown(judgement) }
    return heat === undefined ? verdict : { ...verdict, heat }
  })
  return packedVerdicts(verdicts, places)
}

async function answer(networks: Networks, batch: ToInference): Promise<void> {
  try {
    send({ type: 'answered', verdicts: await verdictsOf(networks, batch) })
  } catch (error) {
    send({ type: 'failed', failure: failureOf(error) })
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
