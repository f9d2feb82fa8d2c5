/**
 * Elementwise kernels over flat float32 memory, written as expressions and compiled to WebAssembly SIMD; the
 * same expressions run in plain JavaScript, one rounded operation at a time, and give the same bits.
 *
 * Binary format and opcodes: WebAssembly Core Specification 2.0, sections 5.4 and 5.5.
 */
import { type WasmMemory, wasm } from '../../util/wasm-api.ts'

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
  const bytes = assemble(source)
  if (!wasm.validate(bytes)) return plainKernel(source, memory)
  const instance = new wasm.Instance(new wasm.Module(bytes), { graft: { memory } })
  const run = instance.exports['run'] as (...values: number[]) => void
  return (offsets, count, scalars) => run(...offsets, count, ...scalars)
}

/** The kernel in JavaScript. */
export function plainKernel({ assignments }: KernelSource, memory: WasmMemory): Kernel {
  return (offsets, count, scalars) => {
    const arrays = offsets.map(offset => new Float32Array(memory.buffer, offset, count))
    const numbers = scalars.map(Math.fround)
    for (let at = 0; at < count; at++) {
      for (const { array, value } of assignments) arrays[array]![at] = evaluate(value, arrays, numbers, at)
    }
  }
}

function evaluate(
  e: Expression,
  arrays: readonly Float32Array[],
  scalars: readonly number[],
  at: number,
): number {
  if (e.type === 'array') return arrays[e.index]![at]!
  if (e.type === 'scalar') return scalars[e.index]!
  const a = evaluate(e.a, arrays, scalars, at)
  if (e.type === 'sqrt') return Math.fround(Math.sqrt(a))
  const b = evaluate(e.b, arrays, scalars, at)
  const { add: sum, sub: difference, mul: product } = { add: a + b, sub: a - b, mul: a * b }
  return Math.fround(e.op === 'add' ? sum : e.op === 'sub' ? difference : e.op === 'mul' ? product : a / b)
}

const simd = {
  load: [0xfd, 0x00, 4, 0],
  store: [0xfd, 0x0b, 4, 0],
  splat: [0xfd, 0x13],
  sqrt: [0xfd, 0xe3, 0x01],
}
const simdBinary: Readonly<Record<BinaryOp, readonly number[]>> = {
  add: [0xfd, 0xe4, 0x01],
  sub: [0xfd, 0xe5, 0x01],
  mul: [0xfd, 0xe6, 0x01],
  div: [0xfd, 0xe7, 0x01],
}
const [i32, f32] = [0x7f, 0x7d]
const localGet = (index: number): number[] => [0x20, ...leb(index)]

/** A module with one function, `run(...offsets: i32, count: i32, ...scalars: f32)`. */
function assemble(source: KernelSource): Uint8Array {
  const parameters = [...Array(source.arrays + 1).fill(i32), ...Array(source.scalars).fill(f32)]
  const body = [...leb(0), ...loop(source), 0x0b]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, ...leb(parameters.length), ...parameters, 0]),
    ...section(2, [1, ...name('graft'), ...name('memory'), 0x02, 0x00, 0x00]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name('run'), 0x00, 0x00]),
    ...section(10, [1, ...leb(body.length), ...body]),
  ])
}

/** Four elements a turn: the assignments, then every offset 16 bytes on and the count 4 down, while it is not 0. */
function loop({ arrays, assignments }: KernelSource): number[] {
  const store = ({ array, value }: KernelSource['assignments'][number]): number[] => [
    ...localGet(array),
    ...code(value, arrays),
    ...simd.store,
  ]
  const advance = (index: number): number[] => [...localGet(index), 0x41, 16, 0x6a, 0x21, ...leb(index)]
  const countDown = [...localGet(arrays), 0x41, 4, 0x6b, 0x22, ...leb(arrays)]
  const steps = Array.from({ length: arrays }, (_, index) => advance(index)).flat()
  return [0x03, 0x40, ...assignments.flatMap(store), ...steps, ...countDown, 0x0d, 0, 0x0b]
}

function code(e: Expression, arrays: number): number[] {
  if (e.type === 'array') return [...localGet(e.index), ...simd.load]
  if (e.type === 'scalar') return [...localGet(arrays + 1 + e.index), ...simd.splat]
  if (e.type === 'sqrt') return [...code(e.a, arrays), ...simd.sqrt]
  return [...code(e.a, arrays), ...code(e.b, arrays), ...simdBinary[e.op]]
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...leb(content.length), ...content]
}

function name(text: string): number[] {
  return [text.length, ...Buffer.from(text)]
}

/** Unsigned LEB128. */
function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)]
}
