/** A few words for writing WebAssembly by hand, and the part of its API that is used here (Node's types leave it out). */

export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer
  /** Adds pages of 64 KiB. */
  grow(pages: number): number
}

interface WebAssemblyApi {
  readonly Memory: new (size: { readonly initial: number }) => WasmMemory
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports?: object) => WasmInstance
  readonly validate: (bytes: Uint8Array) => boolean
}

export const webAssembly: WebAssemblyApi = (globalThis as unknown as { WebAssembly: WebAssemblyApi })
  .WebAssembly

/** Instructions, or an expression that leaves a value on the stack, as bytes (WebAssembly Core 2.0, 5.4). */
export type Code = readonly number[]

/** The value types that are used here. */
export const valueType = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const

/** LEB128 of an unsigned integer below 2^31 (5.2.2). */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)]
}

function signed(value: number): Code {
  const rest = value >> 7
  const done = (rest === 0 && (value & 64) === 0) || (rest === -1 && (value & 64) !== 0)
  return done ? [value & 127] : [(value & 127) | 128, ...signed(rest)]
}

const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()]
const sized = (code: Code): Code => [...unsigned(code.length), ...code]
const address = (offset: number): Code => [0, ...unsigned(offset)]

export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value)],
  load: (at: Code, offset = 0): Code => [...at, 0x28, ...address(offset)],
  add: (a: Code, b: Code): Code => [...a, ...b, 0x6a],
  multiply: (a: Code, b: Code): Code => [...a, ...b, 0x6c],
  less: (a: Code, b: Code): Code => [...a, ...b, 0x49],
}

export const f32 = {
  load: (at: Code, offset = 0): Code => [...at, 0x2a, ...address(offset)],
}

/** An instruction of the vector set (5.4.8). */
const simd = (operation: number, ...after: Code): Code => [0xfd, ...unsigned(operation), ...after]

export const v128 = {
  zero: simd(12, ...new Array<number>(16).fill(0)) as Code,
  bytes: (values: Code): Code => simd(12, ...values),
  load: (at: Code, offset = 0): Code => [...at, ...simd(0, ...address(offset))],
  store: (at: Code, value: Code, offset = 0): Code => [...at, ...value, ...simd(11, ...address(offset))],
  load32Splat: (at: Code, offset = 0): Code => [...at, ...simd(9, ...address(offset))],
  load64Zero: (at: Code): Code => [...at, ...simd(93, ...address(0))],
  store32: (at: Code, value: Code, offset = 0): Code => [...at, ...value, ...simd(90, ...address(offset), 0)],
  store64: (at: Code, value: Code): Code => [...at, ...value, ...simd(91, ...address(0), 0)],
  shuffle: (a: Code, b: Code, lanes: Code): Code => [...a, ...b, ...simd(13, ...lanes)],
  swizzle: (a: Code, lanes: Code): Code => [...a, ...lanes, ...simd(14)],
}

export const i16x8 = {
  extendLow: (a: Code): Code => [...a, ...simd(137)],
  extendHigh: (a: Code): Code => [...a, ...simd(138)],
  narrow: (a: Code, b: Code): Code => [...a, ...b, ...simd(134)],
}

export const i8x16 = { narrow: (a: Code, b: Code): Code => [...a, ...b, ...simd(102)] }

export const i32x4 = {
  add: (a: Code, b: Code): Code => [...a, ...b, ...simd(174)],
  sub: (a: Code, b: Code): Code => [...a, ...b, ...simd(177)],
  shiftLeft: (a: Code, bits: number): Code => [...a, ...i32.constant(bits), ...simd(171)],
  shiftRight: (a: Code, bits: number): Code => [...a, ...i32.constant(bits), ...simd(172)],
  splat: (a: Code): Code => [...a, ...simd(17)],
  /** Sums of products of neighbouring 16-bit lanes. */
  dot: (a: Code, b: Code): Code => [...a, ...b, ...simd(186)],
}

export const f32x4 = {
  splat: (a: Code): Code => [...a, ...simd(19)],
  constant: (value: number): Code => v128.bytes([...new Uint8Array(new Float32Array(4).fill(value).buffer)]),
  fromSigned: (a: Code): Code => [...a, ...simd(250)],
  sqrt: (a: Code): Code => [...a, ...simd(227)],
  add: (a: Code, b: Code): Code => [...a, ...b, ...simd(228)],
  sub: (a: Code, b: Code): Code => [...a, ...b, ...simd(229)],
  mul: (a: Code, b: Code): Code => [...a, ...b, ...simd(230)],
  div: (a: Code, b: Code): Code => [...a, ...b, ...simd(231)],
}

export interface Variable {
  readonly get: Code
  readonly set: (value: Code) => Code
}

/** A function's parameters and local variables, in the order of their declaration. */
export function variables<Name extends string>(
  ...names: readonly Name[]
): { readonly [N in Name]: Variable } {
  const entries = names.map((name, index) => [
    name,
    { get: [0x20, ...unsigned(index)], set: (value: Code): Code => [...value, 0x21, ...unsigned(index)] },
  ])
  return Object.fromEntries(entries)
}

/** `variable += amount` */
export const advance = (moved: Variable, amount: Code): Code => moved.set(i32.add(moved.get, amount))

/** Runs the body, and again while the condition is not zero. */
export const repeatWhile = (body: readonly Code[], condition: Code): Code => [
  ...[0x03, 0x40, ...body.flat()],
  ...[...condition, 0x0d, 0, 0x0b],
]

/** Runs the body as long as a counter is not zero, adding the step to it after each turn. */
export const whileNotZero = (counter: Variable, step: number, body: readonly Code[]): Code => [
  ...[0x02, 0x40, 0x03, 0x40],
  ...[...counter.get, 0x45, 0x0d, 1],
  ...body.flat(),
  ...advance(counter, i32.constant(step)),
  ...[0x0c, 0, 0x0b, 0x0b],
]

/** Calls a function of the same module, by its place there. */
export const call = (index: number, ...values: readonly Code[]): Code => [
  ...values.flat(),
  0x10,
  ...unsigned(index),
]

/** A function without result. */
export interface WasmFunction {
  readonly name: string
  /** Types of the parameters. */
  readonly parameters: readonly number[]
  /** Types of the local variables, which are numbered after the parameters. */
  readonly locals: readonly number[]
  readonly body: readonly Code[]
}

const text = (word: string): Code => sized([...new TextEncoder().encode(word)])
const section = (id: number, content: Code): Code => [id, ...sized(content)]

/** Where a module's memory comes from: its own, exported as `memory`, or the importer's `graft.memory`. */
export type MemoryOrigin = 'own' | 'imported'

/** A module with these functions and one memory of at least one page (5.5). */
export function assemble(functions: readonly WasmFunction[], memory: MemoryOrigin = 'own'): Uint8Array {
  const types = functions.map(({ parameters }) => [0x60, ...vector(parameters.map(type => [type])), 0])
  const exported = functions.map(({ name }, index) => [...text(name), 0, index])
  const bodies = functions.map(({ locals, body }) => {
    return sized([...vector(locals.map(type => [1, type])), ...body.flat(), 0x0b])
  })
  const limits = [0, 1]
  const isOwn = memory === 'own'
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // magic and version
    ...section(1, vector(types)),
    ...(isOwn ? [] : section(2, vector([[...text('graft'), ...text('memory'), 2, ...limits]]))),
    ...section(3, vector(functions.map((_, index) => [index]))),
    ...(isOwn ? section(5, vector([limits])) : []),
    ...section(7, vector([...(isOwn ? [[...text('memory'), 2, 0]] : []), ...exported])),
    ...section(10, vector(bodies)),
  ])
}
