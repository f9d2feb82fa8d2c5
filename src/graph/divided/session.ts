/**
 * A training step divided among threads: each runs the graph on its share of a batch; their gradients are added up.
 *
 * Two threads with half of a batch each do up to 1.7 times what one session does whose operators are shared by both,
 * for most of a small network's operators are too short to be shared, and what crosses between processors is slow;
 * where memory is the limit, no more. Batch norm sees its own share only, as in every framework that trains on several
 * devices.
 */

import { writeOnnx } from '../onnx/write.ts'
import { type Accumulate, accumulate } from '../optimizers/accumulate.ts'
import { openSession, type Session, type Tensors } from '../session.ts'
import type { Graph, ValueInfo } from '../types.ts'
import { hasRows } from './carrier.ts'
import { joined, type Reduction, reduced, weightsOf } from './combine.ts'
import { Part, type Share, shareOf } from './part.ts'

export interface DividedOptions {
  /** Threads with a session each, the calling one included. */
  readonly parts: number
  /** Threads of each session. Default: 1. */
  readonly threads?: number
  /** What is made of outputs without rows. Default: the mean, weighted by rows: right for mean losses. */
  readonly reduction?: Reduction
  /** How they are added up. Default: in JavaScript. */
  readonly adder?: Accumulate
}

/**
 * Makes a graph ready to run on parts of a batch at once; the calling thread runs the first part.
 *
 * Inputs whose first size is a name are cut by rows, the others are given to every part. Outputs whose first size is a
 * name are joined, the others reduced. The same number of parts gives the same bits.
 *
 * @throws RangeError when an input or output is not float32, or the number of parts is none
 * @throws UserError `model` when the engine refuses the graph
 */
export async function openDividedSession(
  graph: Graph,
  { parts, threads = 1, reduction = 'mean', adder = accumulate }: DividedOptions,
): Promise<Session> {
  if (!Number.isInteger(parts) || parts < 1)
    throw new RangeError(`Expected a whole number of parts, 1 or more. Received: ${parts}`)
  const { inputs, outputs } = graph
  const other = [...inputs, ...outputs].find(({ dtype }) => dtype !== 'float32')
  if (other) throw new RangeError(`Expected float32 for "${other.name}". Received: ${other.dtype}`)
  const data = { model: writeOnnx(graph), inputs, outputs, threads }
  const own = await openSession(data.model, { threads })
  const others = Array.from({ length: parts - 1 }, () => new Part(data))
  return {
    inputNames: own.inputNames,
    outputNames: own.outputNames,
    async run(feeds, into = {}) {
      const shares = sharesOf(rowsOf(inputs, feeds), parts)
      const [first, ...rest] = shares as [Share, ...Share[]]
      const asked = rest.map((share, at) => others[at]!.ask(feeds, share))
      const places = withoutRows(outputs, into)
      // All have ended before any failure is told: nobody is asked twice at once.
      const [mine] = await Promise.allSettled([own.run(firstOf(inputs, feeds, first), places)])
      const theirs = await Promise.allSettled(asked.map(answer => answer()))
      const answers = [{ ...outcomeOf(mine), ...places }, ...theirs.map(outcomeOf)]
      const weights = weightsOf(shares, reduction)
      const results = outputs.map(output => {
        const pieces = answers.map(answer => answer[output.name]!)
        return [
          output.name,
          hasRows(output) ? joined(pieces, into[output.name]) : reduced(pieces, weights, adder),
        ]
      })
      return Object.fromEntries(results)
    },
    async close() {
      await Promise.all([own, ...others].map(part => part.close()))
    },
  }
}

/** How so many threads divide a batch: parts of so many rows at least. */
export function divisionOf(
  { threads, batchSize }: { readonly threads: number; readonly batchSize: number },
  smallest: number,
): { readonly parts: number; readonly threads: number } {
  const parts = Math.min(threads, Math.max(1, Math.floor(batchSize / smallest)))
  return { parts, threads: Math.floor(threads / parts) }
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

function outcomeOf<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') throw result.reason
  return result.value
}

function firstOf(inputs: readonly ValueInfo[], feeds: Tensors, share: Share): Tensors {
  return Object.fromEntries(inputs.map(input => [input.name, shareOf(feeds[input.name]!, input, share)]))
}

function withoutRows(outputs: readonly ValueInfo[], into: Tensors): Tensors {
  const places = outputs.filter(output => !hasRows(output) && into[output.name] !== undefined)
  return Object.fromEntries(places.map(({ name }) => [name, into[name]!]))
}
