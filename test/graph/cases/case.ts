/** A way to call one operator, and numbers to call it with: what gradient checks and engine checks share. */
import { type GraphBuilder, graphBuilder } from '../../../src/graph/builder.ts'
import { elementCount } from '../../../src/graph/dims.ts'
import type { Attributes, OpName } from '../../../src/graph/ops.ts'
import { type NdArray, ndarray } from '../../../src/graph/reference/index.ts'
import { tensorOf } from '../../../src/graph/tensor.ts'
import type { DType, Graph, Shape } from '../../../src/graph/types.ts'
import { type Random, randomOf, shuffled } from '../../../src/util/random.ts'

export interface Input {
  /** `float` is float64 for gradient checks and float32 on the engine. */
  readonly dtype: 'float' | 'int64' | 'uint8' | 'int8' | 'bool'
  readonly shape: Shape
  /** A variable is fed, and its gradient is checked; the others are constants of the graph. */
  readonly isVariable: boolean
  numbers(count: number, random: Random): number[]
}

export interface Case<K extends OpName> {
  /** The branch that the case takes, in words. */
  readonly what: string
  readonly inputs: readonly (Input | undefined)[]
  readonly attributes?: Partial<Attributes<K>>
  readonly outputs?: number
}

/** All that is checked of one operator. */
export interface OpCases<K extends OpName> {
  /** Whether a gradient flows back, stops here without a complaint, or there is no rule for it. */
  readonly gradient: 'flows' | 'stops' | 'none'
  readonly cases: readonly Case<K>[]
  /** Forms that run but have no gradient, each with a part of the message that says so. */
  readonly refused?: readonly (Case<K> & { readonly message: RegExp })[]
}

/** What the named sizes of shapes are in every run. */
const sizes: Readonly<Record<string, number>> = { N: 2, M: 3 }

/** A size such as `3`, `N`, `6*N` or `(N+M)`. */
function sizeOf(dim: string): number {
  if (dim.startsWith('('))
    return dim
      .slice(1, -1)
      .split('+')
      .map(sizeOf)
      .reduce((a, b) => a + b)
  return dim
    .split('*')
    .map(word => sizes[word] ?? Number(word))
    .reduce((a, b) => a * b)
}

export function concrete(shape: Shape): number[] {
  return shape.map(dim => sizeOf(String(dim)))
}

function variable(shape: Shape, numbers: Input['numbers']): Input {
  return { dtype: 'float', shape, isVariable: true, numbers }
}

/** Standard normal numbers. */
export function normal(...shape: Shape): Input {
  return variable(shape, (count, random) => Array.from({ length: count }, () => random.normal()))
}

/** Numbers in [0.5, 2): far from where logarithms and quotients are steep. */
export function positive(...shape: Shape): Input {
  return variable(shape, (count, random) => Array.from({ length: count }, () => 0.5 + 1.5 * random.next()))
}

/** Numbers of both signs that are 0.1 or more apart, none of them 0: no step of a difference meets a kink. */
export function distinct(...shape: Shape): Input {
  const spread = (count: number): number[] =>
    Array.from({ length: count }, (_, at) => (at - count / 2 + 0.25) / 8)
  return variable(shape, (count, random) => shuffled(spread(count), random))
}

export function exactly(shape: Shape, numbers: readonly number[]): Input {
  return variable(shape, () => [...numbers])
}

/** The same numbers, as a constant of the graph. */
export function constant(input: Input): Input {
  return { ...input, isVariable: false }
}

export function ints(...numbers: readonly number[]): Input {
  return { ...constant(exactly([numbers.length], numbers)), dtype: 'int64' }
}

/** Whole numbers of 8 bits that the graph holds. */
export function bytes(dtype: 'uint8' | 'int8', shape: Shape, numbers: readonly number[]): Input {
  return { ...constant(exactly(shape, numbers)), dtype }
}

export function scalar(number: number): Input {
  return constant(exactly([], [number]))
}

export function bools(...shape: Shape): Input {
  const numbers: Input['numbers'] = (count, random) => Array.from({ length: count }, () => random.integer(2))
  return { dtype: 'bool', shape, isVariable: false, numbers }
}

/** An input that is left out. */
export const omitted: undefined = undefined

/** A graph of one operator, and what to feed it. */
export interface Trial {
  readonly builder: GraphBuilder
  readonly graph: Graph
  readonly feeds: Readonly<Record<string, NdArray>>
  readonly outputs: readonly string[]
}

/** The case as a graph whose floats have the given dtype; its numbers are seeded by the case's words. */
export function trialOf<K extends OpName>(op: K, one: Case<K>, dtype: 'float32' | 'float64'): Trial {
  const g = graphBuilder('trial')
  const feeds: Record<string, NdArray> = {}
  const random = randomOf(1, op, one.what)
  const names = one.inputs.map((input, index) => {
    if (input === undefined) return ''
    const name = `x${index}`
    const shape = concrete(input.shape)
    // Numbers of 24 bits are the same in float32 and float64.
    const numbers = input.numbers(elementCount(shape), random).map(Math.fround)
    const type: DType = input.dtype === 'float' ? dtype : input.dtype
    if (!input.isVariable) return g.initializer(name, tensorOf(type, shape, numbers))
    feeds[name] = ndarray(shape, numbers)
    return g.input(name, type, input.shape)
  })
  const outputs = g.addMany(op, names, one.outputs ?? 1, one.attributes, 'y')
  return { builder: g, graph: g.build(outputs), feeds, outputs }
}
