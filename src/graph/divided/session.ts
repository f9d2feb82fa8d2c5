/**
 * A training step divided among threads: each runs the graph on its share of a batch; their gradients are averaged.
 *
 * Two threads with half of a batch each do up to 1.7 times what one session does whose operators are shared by both,
 * for most of a small network's operators are too short to be shared; where memory is the limit, no more. Batch norm
 * sees its own share only, as in every framework that trains on several devices.
 */
import { writeOnnx } from '../onnx/write.ts'
import type { Session, Tensors } from '../session.ts'
import { zeros } from '../tensor.ts'
import type { Graph, Tensor, ValueInfo } from '../types.ts'
import { hasRows } from './carrier.ts'
import { Part, type Share } from './part.ts'

export interface DividedOptions {
  /** Threads with a session each. */
  readonly parts: number
  /** Threads of each session. Default: 1. */
  readonly threads?: number
}

/**
 * Makes a graph ready to run on parts of a batch at once.
 *
 * Inputs whose first size is a name are cut by rows, the others are given to every part. Outputs whose first size is a
 * name are joined; the others are averaged, weighted by rows: right for mean losses and their gradients, and the mean
 * over the parts of anything else. The feeds have been copied when `run` returns its promise.
 *
 * @throws RangeError when an input or output is not float32
 */
export function openDividedSession(graph: Graph, { parts, threads = 1 }: DividedOptions): Session {
  const { inputs, outputs } = graph
  const other = [...inputs, ...outputs].find(({ dtype }) => dtype !== 'float32')
  if (other) throw new RangeError(`Expected float32 for "${other.name}". Received: ${other.dtype}`)
  const data = { model: writeOnnx(graph), inputs, outputs, threads }
  const workers = Array.from({ length: parts }, () => new Part(data))
  return {
    inputNames: inputs.map(({ name }) => name),
    outputNames: outputs.map(({ name }) => name),
    async run(feeds, into = {}) {
      const shares = sharesOf(rowsOf(inputs, feeds), parts)
      const answers = await Promise.all(shares.map((share, at) => workers[at]!.run(feeds, share)))
      const results = outputs.map(output => [
        output.name,
        combined(output, answers, shares, into[output.name]),
      ])
      return Object.fromEntries(results)
    },
    async close() {
      await Promise.all(workers.map(worker => worker.close()))
    },
  }
}

function rowsOf(inputs: readonly ValueInfo[], feeds: Tensors): number {
  const divided = inputs.find(hasRows)
  if (!divided) throw new RangeError('Expected an input with a row for each example. Received: none')
  return feeds[divided.name]!.shape[0]!
}

/** Rows as even as they can be, the larger shares first; none is empty. */
export function sharesOf(rows: number, parts: number): Share[] {
  const count = Math.min(rows, parts)
  const bound = (at: number): number => Math.ceil((at * rows) / count)
  return Array.from({ length: count }, (_, at) => ({ start: bound(at), rows: bound(at + 1) - bound(at) }))
}

function combined(
  output: ValueInfo,
  answers: readonly Tensors[],
  shares: readonly Share[],
  into: Tensor | undefined,
): Tensor {
  const pieces = answers.map(answer => answer[output.name]!)
  const rows = shares.reduce((sum, share) => sum + share.rows, 0)
  const [first, ...rest] = pieces[0]!.shape
  const shape = hasRows(output) ? [rows, ...rest] : pieces[0]!.shape
  const result = into ?? zeros('float32', first === undefined ? [] : shape)
  const all = pieces.map(({ data }) => data as Float32Array)
  if (hasRows(output)) join(result.data as Float32Array, all)
  else
    average(
      result.data as Float32Array,
      all,
      shares.map(share => share.rows / rows),
    )
  return result
}

function join(result: Float32Array, pieces: readonly Float32Array[]): void {
  let start = 0
  for (const piece of pieces) {
    result.set(piece, start)
    start += piece.length
  }
}

function average(result: Float32Array, pieces: readonly Float32Array[], weights: readonly number[]): void {
  for (const [index, piece] of pieces.entries()) {
    const weight = weights[index]!
    if (index === 0) for (let at = 0; at < piece.length; at++) result[at] = weight * piece[at]!
    else for (let at = 0; at < piece.length; at++) result[at]! += weight * piece[at]!
  }
}
