/**
 * Elementwise kernels over flat float32 memory, written as expressions and compiled to WebAssembly SIMD; the
 * same expressions run in plain JavaScript, one rounded operation at a time, and give the same bits.
 */
import {
  advance,
  assemble,
  type Code,
  f32x4,
  i32,
  repeatWhile,
  v128,
  valueType,
  variables,
  type WasmMemory,
  webAssembly,
} from '../../util/webassembly.ts'

/** Arithmetic on one element: an array's element, a number given per call, or an operation on two of them. */
export type Expression =
  | { readonly type: 'array'; readonly index: number }
  | { readonly type: 'scalar'; readonly index: number }
  | { readonly type: 'binary'; readonly op: BinaryOp; readonly a: Expression; readonly b: Expression }
  | { readonly type: 'sqrt'; readonly a: Expression }
type BinaryOp = 'add' | 'sub' | 'mul' | 'div'

const binary =
  (op: BinaryOp) =>
  (a: Expression, b: Expression): Expression => ({ type: 'binary', op, a, b })
export const add: (a: Expression, b: Expression) => Expression = binary('add')
export const sub: (a: Expression, b: Expression) => Expression = binary('sub')
export const mul: (a: Expression, b: Expression) => Expression = binary('mul')
export const div: (a: Expression, b: Expression) => Expression = binary('div')
export const sqrt = (a: Expression): Expression => ({ type: 'sqrt', a })

/** What a kernel does to each element: assignments to arrays, in order, each seeing the ones before it. */
export interface KernelSource {
  readonly arrays: number
  readonly scalars: number
  readonly assignments: readonly { readonly array: number; readonly value: Expression }[]
}

/**
 * Runs over `count` elements (a multiple of 4) of each array.
 *
 * @param offsets byte offset of each array in the memory, multiples of 16
 */
export type Kernel = (offsets: readonly number[], count: number, scalars: readonly number[]) => void

/** The arrays and scalars of a kernel as expressions. */
export function operands(arrays: number, scalars: number): { arrays: Expression[]; scalars: Expression[] } {
  return {
    arrays: Array.from({ length: arrays }, (_, index) => ({ type: 'array', index })),
    scalars: Array.from({ length: scalars }, (_, index) => ({ type: 'scalar', index })),
  }
}

/** The kernel over a memory: compiled where the engine has WebAssembly SIMD, else plain. */
export function compileKernel(source: KernelSource, memory: WasmMemory): Kernel {
  const bytes = moduleOf(source)
  if (!webAssembly.validate(bytes)) return plainKernel(source, memory)
  const instance = new webAssembly.Instance(new webAssembly.Module(bytes), { graft: { memory } })
  const run = instance.exports['run'] as (...values: number[]) => void
  return (offsets, count, scalars) => run(...offsets, count, ...scalars)
}

/** The kernel in JavaScript. */
export function plainKernel({ assignments }: KernelSource, memory: WasmMemory): Kernel {
  return (offsets, count, scalars) => {
    const arrays = offsets.map(offset => new Float32Array(memory.buffer, offset, count))
    const numbers = scalars.map(Math.fround)
    for (let at = 0; at < count; at++) {
      for (const { array, value } of assignments)
        arrays[array]![at] = evaluate(value, index => arrays[index]![at]!, numbers)
    }
  }
}

/** @param element of an array, by its index */
export function evaluate(
  e: Expression,
  element: (array: number) => number,
  scalars: readonly number[],
): number {
  if (e.type === 'array') return element(e.index)
  if (e.type === 'scalar') return scalars[e.index]!
  const a = evaluate(e.a, element, scalars)
  if (e.type === 'sqrt') return Math.fround(Math.sqrt(a))
  const b = evaluate(e.b, element, scalars)
  const { add: sum, sub: difference, mul: product } = { add: a + b, sub: a - b, mul: a * b }
  return Math.fround(e.op === 'add' ? sum : e.op === 'sub' ? difference : e.op === 'mul' ? product : a / b)
}

/** A module with one function, `run(...offsets: i32, count: i32, ...scalars: f32)`. */
function moduleOf({ arrays, scalars, assignments }: KernelSource): Uint8Array {
  const offsetNames = Array.from({ length: arrays }, (_, index) => `offset${index}`)
  const scalarNames = Array.from({ length: scalars }, (_, index) => `scalar${index}`)
  const local = variables(...offsetNames, 'count', ...scalarNames)
  const operand: OperandCode = {
    array: index => v128.load(local[`offset${index}`]!.get),
    scalar: index => f32x4.splat(local[`scalar${index}`]!.get),
  }
  const stores = assignments.map(({ array, value }) =>
    v128.store(local[`offset${array}`]!.get, codeOf(value, operand)),
  )
  const steps = offsetNames.map(name => advance(local[name]!, i32.constant(16)))
  const count = local['count']!
  // Four elements a turn, until none is left.
  const body = repeatWhile([...stores, ...steps, advance(count, i32.constant(-4))], count.get)
  const parameters = [
    ...offsetNames.map(() => valueType.i32),
    valueType.i32,
    ...scalarNames.map(() => valueType.f32),
  ]
  return assemble([{ name: 'run', parameters, locals: [], body: [body] }], 'imported')
}

/** Where an expression's operands come from: code that leaves four elements on the stack. */
export interface OperandCode {
  array(index: number): Code
  scalar(index: number): Code
}

export function codeOf(e: Expression, operand: OperandCode): Code {
  switch (e.type) {
    case 'array':
      return operand.array(e.index)
    case 'scalar':
      return operand.scalar(e.index)
    case 'sqrt':
      return f32x4.sqrt(codeOf(e.a, operand))
    case 'binary':
      return f32x4[e.op](codeOf(e.a, operand), codeOf(e.b, operand))
    default:
      return e satisfies never
  }
}
