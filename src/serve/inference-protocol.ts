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
  | { readonly type: 'answered'; readonly verdicts: readonly (Verdict | null)[] }
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
