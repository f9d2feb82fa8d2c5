/** An optimizer of parameters that the training step sees folded. */
import type { Folding } from '../folding.ts'
import { tensor } from '../tensor.ts'
import type { Tensor } from '../types.ts'
import { type FlatParameters, flatParameters, type Slot } from './flat.ts'
import { foldedKernel } from './folded-kernel.ts'
import type { FoldedRows } from './folded-layout.ts'
import { moverOf, type Optimizer } from './index.ts'
import { type OptimizerOptions, ruleOf } from './rules.ts'

export interface FoldedOptimizer extends Optimizer {
  /** What the step's graph takes, by name: folded kernels and biases, and whatever is not folded; read in place. */
  readonly inputs: ReadonlyMap<string, Tensor>
  /** Where the graph gives the gradients of these, by input's name; read by `update`. */
  readonly inputGradients: ReadonlyMap<string, Tensor>
  /** Folds the parameters again, after others have written to them. */
  fold(): void
}

/**
 * The optimizer, with everything folded as the parameters are now. It takes the gradients of folded kernels and biases,
 * moves kernels, gammas and betas by theirs, and folds again. The folded values follow from the parameters alone, so a
 * resumed run has the bits of an unbroken one.
 *
 * @param foldings of kernels, gammas and betas among the parameters; none: an optimizer like any other
 * @param spare regions of the flat memory for the caller, listed after the rule's own moments
 */
export function foldedOptimizer(
  parameters: ReadonlyMap<string, Tensor>,
  options: OptimizerOptions,
  foldings: readonly Folding[],
  spare = 0,
): FoldedOptimizer {
  const rule = ruleOf(options)
  const flat = flatParameters(parameters, rule.source.arrays - 2 + spare, roomFor(foldings, parameters))
  const kernel = foldedKernel(rule.source, flat.memory, flat.length * 4)
  const move = moverOf(rule, flat)
  const places = placesOf(flat, foldings)
  const folded = new Set(foldings.flatMap(({ kernel, gamma, beta }) => [kernel, gamma, beta]))
  const others = flat.slots.filter(({ name }) => !folded.has(name))
  const fold = (): void => {
    for (const { rows } of places) kernel.fold(rows)
  }
  fold()
  return {
    flat,
    fold,
    ...viewsOf(flat, others, places),
    update(step, learningRate, scale = () => 1) {
      const scalars = ({ name, shape }: Slot): readonly number[] =>
        rule.scalars(step, learningRate * scale(name), shape.length)
      for (const { rows, slots } of places) {
        const { kernel: w, gamma, beta } = slots
        kernel.update(rows, { kernel: scalars(w), gamma: scalars(gamma), beta: scalars(beta) })
      }
      for (const slot of others) move(slot, step, learningRate * scale(slot.name))
    },
  }
}

/** Where a folding's arrays lie. */
interface Place {
  readonly folding: Folding
  readonly slots: { readonly kernel: Slot; readonly gamma: Slot; readonly beta: Slot }
  readonly rows: FoldedRows
}

const bytesFor = (count: number): number => Math.ceil(count / 4) * 16

/** Bytes for the folded kernel, and for folded bias, mean, deviation, scale before and after, products. */
function roomFor(foldings: readonly Folding[], parameters: ReadonlyMap<string, Tensor>): number {
  const sizes = foldings.map(({ kernel, mean }) => {
    return (
      bytesFor(parameters.get(kernel)!.data.length) +
      5 * bytesFor(mean.data.length) +
      bytesFor(mean.data.length + 4)
    )
  })
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}

/** Gives every folding its part of the room, and writes what is constant there. */
function placesOf(flat: FlatParameters, foldings: readonly Folding[]): Place[] {
  const slotOf = new Map(flat.slots.map(slot => [slot.name, slot]))
  const floats = new Float32Array(flat.memory.buffer)
  let next = flat.room
  const take = (count: number): number => {
    const offset = next
    next += bytesFor(count)
    return offset
  }
  return foldings.map(folding => {
    const slots = {
      kernel: slotOf.get(folding.kernel)!,
      gamma: slotOf.get(folding.gamma)!,
      beta: slotOf.get(folding.beta)!,
    }
    const channels = slots.gamma.count
    const rows: FoldedRows = {
      kernel: slots.kernel.start * 4,
      gamma: slots.gamma.start * 4,
      beta: slots.beta.start * 4,
      foldedKernel: take(slots.kernel.count),
      foldedBias: take(channels),
      mean: take(channels),
      deviation: take(channels),
      scaleBefore: take(channels),
      scaleAfter: take(channels),
      products: take(channels + 4),
      channels,
      width: slots.kernel.count / channels,
    }
    floats.set(folding.mean.data as Float32Array, rows.mean / 4)
    floats.fill(1, rows.deviation / 4, (rows.deviation + bytesFor(channels)) / 4)
    floats.set(deviations(folding), rows.deviation / 4)
    return { folding, slots, rows }
  })
}

/** sqrt(variance + epsilon), rounded to float32 where a graph would. */
function deviations({ variance, epsilon }: Folding): Float32Array {
  const data = variance.data as Float32Array
  return data.map(value => Math.sqrt(Math.fround(value + Math.fround(epsilon))))
}

function viewsOf(
  { memory, parameters, gradients }: FlatParameters,
  others: readonly Slot[],
  places: readonly Place[],
): Pick<FoldedOptimizer, 'inputs' | 'inputGradients'> {
  const view = ({ shape, count }: Slot, offset: number): Tensor =>
    tensor('float32', shape, new Float32Array(memory.buffer, offset, count))
  const inputs = places.flatMap(({ folding, rows, slots }): [string, Tensor][] => [
    [folding.foldedKernel, view(slots.kernel, rows.foldedKernel)],
    [folding.foldedBias, view(slots.beta, rows.foldedBias)],
  ])
  const given = places.flatMap(({ folding }): [string, Tensor][] => [
    [folding.foldedKernel, gradients.get(folding.kernel)!],
    [folding.foldedBias, gradients.get(folding.beta)!],
  ])
  const plain = (all: ReadonlyMap<string, Tensor>): [string, Tensor][] =>
    others.map(({ name }) => [name, all.get(name)!])
  return {
    inputs: new Map([...inputs, ...plain(parameters)]),
    inputGradients: new Map([...given, ...plain(gradients)]),
  }
}
