/** Pixels to planes of float32 as a WebAssembly SIMD function: four pixels at a time, the bits of the plain loop. */
import {
  advance,
  assemble,
  type Code,
  f32x4,
  i32,
  i32x4,
  repeatWhile,
  v128,
  valueType,
  variables,
  type WasmMemory,
  webAssembly,
} from '../util/webassembly.ts'

/** One channel of four pixels as int32, from 12 bytes of RGB; lane 255 reads as zero. */
function channel(pixels: Code, index: number): Code {
  const lanes = [0, 3, 6, 9].flatMap(pixel => [pixel + index, 255, 255, 255])
  return v128.swizzle(pixels, v128.bytes(lanes))
}

/** x / 127.5 - 1 = (2x - 255) / 255, which rounds once. */
function scaled(levels: Code): Code {
  const odd = i32x4.sub(i32x4.shiftLeft(levels, 1), i32x4.splat(i32.constant(255)))
  return f32x4.div(f32x4.fromSigned(odd), f32x4.constant(255))
}

/** `[size * size, 3]` uint8 at `from` -> `[3, size * size]` float32 at `to`. */
function planesModule(): Uint8Array {
  const names = ['from', 'end', 'to', 'planeBytes', 'pixels'] as const
  const { from, end, to, planeBytes, pixels } = variables(...names)
  const plane = (index: number): Code => i32.add(to.get, i32.multiply(planeBytes.get, i32.constant(index)))
  const fourPixels = [
    pixels.set(v128.load(from.get)),
    ...[0, 1, 2].map(index => v128.store(plane(index), scaled(channel(pixels.get, index)))),
    advance(to, i32.constant(16)),
    advance(from, i32.constant(12)),
  ]
  const { i32: integer, v128: vector } = valueType
  return assemble([
    {
      name: 'planes',
      parameters: [integer, integer, integer, integer],
      locals: [vector],
      body: [repeatWhile(fourPixels, i32.less(from.get, end.get))],
    },
  ])
}

interface Kernel {
  readonly memory: WasmMemory
  readonly planes: (from: number, end: number, to: number, planeBytes: number) => void
}

let kernel: Kernel | null | undefined

/** One instance a thread; none where the engine has no SIMD. */
function loadKernel(): Kernel | null {
  const bytes = planesModule()
  if (!webAssembly.validate(bytes)) return null
  return new webAssembly.Instance(new webAssembly.Module(bytes)).exports as unknown as Kernel
}

/** A vector load reaches this far past the last pixel. */
const slack = 16

/**
 * One picture, `[H * W, 3]` uint8 -> `[3, H * W]` float32 in [-1, 1].
 *
 * @returns whether it was done; false when the pixels are no multiple of four or the engine has no SIMD
 */
export function planesBySimd(picture: Uint8Array, out: Float32Array): boolean {
  if (picture.length === 0 || picture.length % 12 !== 0) return false
  kernel ??= loadKernel()
  if (kernel === null) return false
  const to = Math.ceil((picture.length + slack) / slack) * slack
  const missing = to + out.byteLength - kernel.memory.buffer.byteLength
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / 65536))
  new Uint8Array(kernel.memory.buffer).set(picture)
  kernel.planes(0, picture.length, to, out.byteLength / 3)
  out.set(new Float32Array(kernel.memory.buffer, to, out.length))
  return true
}
