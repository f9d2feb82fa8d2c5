/**
 * The network in threads of its own, so that the thread that serves is always free to answer.
 *
 * Each has a session of one engine thread: two of them do a third more than one session that shares each operator
 * between two.
 */
import type { BundleFacts } from '../bundle/facts.ts'
import type { Row, Verdict } from './inference-protocol.ts'
import { type InferenceThread, ThreadDied } from './inference-thread.ts'
import { type KeptThread, keepThread } from './kept-thread.ts'

export interface Inference {
  readonly facts: BundleFacts
  /** Whether heat maps can be had. */
  readonly explains: boolean
  /** Threads that live, and those that there should be. */
  readonly threads: { readonly alive: number; readonly wanted: number }
  /** Whether a thread would take another batch. */
  readonly isFree: boolean
  /**
   * Runs one batch on the thread that has the least to do.
   *
   * @param explain whether the verdicts are to have heat maps
   * @returns a verdict for each row, null for a thumbnail that the full decoder should judge
   * @throws ThreadDied, or UserError `model` when the network fails
   */
  run(rows: readonly Row[], explain: boolean): Promise<readonly (Verdict | null)[]>
  /** Names the one who is told whenever a thread has become free, or has died. */
  onChange(listener: () => void): void
  close(): Promise<void>
}

export interface InferenceOptions {
  /** A run folder, a bundle's path, or its bytes. */
  readonly model: string | Uint8Array
  readonly threads: number
  /** Seconds that decoding the thumbnails of a batch may take. */
  readonly decodeSeconds: number
  /** The threads' module; tests give one that dies. */
  readonly entry?: URL
  /** Milliseconds before a thread is started again, after its first death, its second, ...; then it stays dead. */
  readonly pauses?: readonly number[]
}

/** Batches that a thread has at most: the next lies ready, so that it need not wait for the thread that listens. */
const batchesAhead = 2

const usualPauses = [100, 1000, 5000, 20_000, 60_000]

/**
 * Loads a bundle into every thread.
 *
 * @throws UserError `model` when it cannot be used
 */
export async function startInference(options: InferenceOptions): Promise<Inference> {
  let listener = (): void => {}
  const kept = await keepAll(options, () => listener())
  const alive = (): InferenceThread[] => kept.flatMap(({ thread }) => thread ?? [])
  const idlest = (): InferenceThread | undefined => alive().sort((a, b) => a.load - b.load)[0]
  const { facts, explains } = kept[0]!.thread!
  return {
    facts,
    explains,
    get threads() {
      return { alive: alive().length, wanted: kept.length }
    },
    get isFree() {
      return alive().some(({ load }) => load < batchesAhead)
    },
    async run(rows, explain) {
      const thread = idlest()
      if (thread === undefined) throw new ThreadDied('No inference thread lives')
      try {
        return await thread.run(rows, explain)
      } finally {
        listener()
      }
    },
    onChange: given => void (listener = given),
    async close() {
      await Promise.all(kept.map(one => one.close()))
    },
  }
}

async function keepAll(options: InferenceOptions, onChange: () => void): Promise<KeptThread[]> {
  const { model, threads, decodeSeconds, pauses = usualPauses } = options
  const entry = options.entry ?? new URL('./inference-worker.js', import.meta.url)
  const settings = { model, entry, patience: decodeSeconds * 1000, pauses, onChange }
  const begun = await Promise.allSettled(Array.from({ length: threads }, () => keepThread(settings)))
  const kept = begun.flatMap(one => (one.status === 'fulfilled' ? one.value : []))
  const failed = begun.find(one => one.status === 'rejected')
  if (failed === undefined) return kept
  await Promise.all(kept.map(one => one.close()))
  throw failed.reason
}
