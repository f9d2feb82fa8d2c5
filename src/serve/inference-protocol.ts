/** What an inference thread and the thread that serves say to each other. */
import type { Judgement } from '../bundle/engine.ts'
import type { BundleFacts } from '../bundle/facts.ts'
import type { HeatMap } from '../bundle/heat-colour.ts'
import type { Failure } from '../util/failure.ts'

/** What an inference thread is started with. */
export interface InferenceData {
  /** A run folder, a bundle's path, or its bytes. */
  readonly model: string | Uint8Array
  /** Shared int32 [1]: 1 while pictures are being decoded, else 0. */
  readonly isDecoding: Int32Array
}

/** One picture of a batch. */
export interface Row {
  /** `thumbnail`: a JPEG or PNG file; `square`: uint8 RGB [size, size, 3]. */
  readonly type: 'thumbnail' | 'square'
  readonly bytes: Uint8Array
}

/** A batch for the network: all bytes in one array, since arrays cost more to hand over than their bytes do. */
export interface ToInference {
  /** Those of the rows, one after another. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly rows: readonly { readonly type: Row['type']; readonly length: number }[]
  /** Whether to say where the network looked. */
  readonly explain: boolean
}

export type FromInference =
  | { readonly type: 'ready'; readonly facts: BundleFacts; readonly explains: boolean }
  | { readonly type: 'answered'; readonly verdicts: PackedVerdicts }
  | { readonly type: 'failed'; readonly failure: Failure }
  /** The thread could not begin. */
  | { readonly type: 'unable'; readonly failure: Failure }

/** What the network says of one picture. */
export interface Verdict extends Judgement {
  /** Whether the picture is like none that the network was trained on. */
  readonly unknown: boolean
  /** What spoke for the most probable class, where that was asked for. */
  readonly heat?: HeatMap
}

/** What the network says of those rows that could be read. */
export interface PackedVerdicts {
  /** The rows, ascending. */
  readonly places: readonly number[]
  /** float32 [places.length, K] */
  readonly probabilities: Float32Array<ArrayBuffer>
  readonly rest: readonly Omit<Verdict, 'probabilities'>[]
}

/** Rows as a message, with memory of its own. */
export function packed(rows: readonly Row[], explain: boolean): ToInference {
  const bytes = new Uint8Array(rows.reduce((sum, row) => sum + row.bytes.length, 0))
  let at = 0
  for (const row of rows) {
    bytes.set(row.bytes, at)
    at += row.bytes.length
  }
  return { bytes, rows: rows.map(row => ({ type: row.type, length: row.bytes.length })), explain }
}

/** The rows of a message, as views. */
export function unpacked({ bytes, rows }: ToInference): Row[] {
  let at = 0
  return rows.map(({ type, length }) => {
    at += length
    return { type, bytes: bytes.subarray(at - length, at) }
  })
}

/** Verdicts as a message. */
export function packedVerdicts(verdicts: readonly Verdict[], places: readonly number[]): PackedVerdicts {
  const classes = verdicts[0]?.probabilities.length ?? 0
  const all = new Float32Array(verdicts.length * classes)
  const rest = verdicts.map(({ probabilities, ...others }, at) => {
    all.set(probabilities, at * classes)
    return others
  })
  return { places, probabilities: all, rest }
}

/** A verdict for each of so many rows, null for those that could not be read. */
export function unpackedVerdicts(
  { places, probabilities, rest }: PackedVerdicts,
  rows: number,
): (Verdict | null)[] {
  const classes = probabilities.length / places.length
  const verdicts = Array.from({ length: rows }, (): Verdict | null => null)
  for (const [at, others] of rest.entries()) {
    const own = probabilities.subarray(at * classes, (at + 1) * classes)
    verdicts[places[at]!] = { ...others, probabilities: own }
  }
  return verdicts
}
