/** Runs the WebAssembly resize passes: the bits of the plain loops, six to eight times as fast. */

import { type WasmMemory, webAssembly } from '../util/webassembly.ts'
import { lowBits, type Resampling } from './resample.ts'
import { resizeModule } from './resize-code.ts'

/** A table for the kernels: int32 (start, pairs) of each output position, then the split weights of each pair. */
function pack({ start, count, weights, window }: Resampling): Uint8Array {
  const positions = start.length
  const pairs = count.map(length => (length + 1) >> 1)
  const packed = new Int32Array(positions * 2 + pairs.reduce((sum, length) => sum + length, 0) * 2)
  const halves = new Int16Array(packed.buffer)
  for (let i = 0, at = positions * 4; i < positions; i++) {
    packed[i * 2] = start[i]!
    packed[i * 2 + 1] = pairs[i]!
    for (let k = 0; k < pairs[i]! * 2; k += 2, at += 4) {
      for (const side of [0, 1]) {
        const weight = k + side < count[i]! ? weights[i * window + k + side]! : 0
        halves[at + side] = weight >> lowBits
        halves[at + 2 + side] = weight & ((1 << lowBits) - 1)
      }
    }
  }
  return new Uint8Array(packed.buffer)
}

const packedTables = new WeakMap<Resampling, Uint8Array>()

function packed(table: Resampling): Uint8Array {
  const kept = packedTables.get(table) ?? pack(table)
  packedTables.set(table, kept)
  return kept
}

interface Kernel {
  readonly memory: WasmMemory
  readonly columns: (
    from: number,
    rowBytes: number,
    rows: number,
    to: number,
    table: number,
    end: number,
  ) => void
  readonly rows: (from: number, stride: number, to: number, table: number, end: number) => void
}

let kernel: Kernel | null | undefined

/** One instance a thread; none where the engine has no SIMD. */
function loadKernel(): Kernel | null {
  if (!webAssembly.validate(resizeModule)) return null
  return new webAssembly.Instance(new webAssembly.Module(resizeModule)).exports as unknown as Kernel
}

/** Most memory that the kernels take; larger pictures go through the plain loops. */
const maxBytes = 2 ** 26
/** Vector loads and stores reach this far past the end of an array. */
const slack = 16

/**
 * Resizes `[height, width, 3]` uint8 horizontally and then vertically.
 *
 * @returns whether it was done; false when the picture is too large or the engine has no SIMD
 */
export function resizeBySimd(
  from: Uint8Array,
  width: number,
  height: number,
  horizontal: Resampling,
  vertical: Resampling,
  to: Uint8Array,
): boolean {
  const tables = [packed(horizontal), packed(vertical)] as const
  const stride = horizontal.start.length * 3
  const sizes = [tables[0].length, tables[1].length, from.length, (height + 1) * stride, to.length]
  const total = sizes.reduce((sum, size) => sum + size + slack, 0)
  kernel ??= total > maxBytes ? undefined : loadKernel()
  if (total > maxBytes || !kernel) return false
  const at = reserve(kernel.memory, sizes, total)
  const memory = new Uint8Array(kernel.memory.buffer)
  memory.set(tables[0], at[0])
  memory.set(tables[1], at[1])
  memory.set(from, at[2])
  kernel.columns(at[2]!, width * 3, height, at[3]!, at[0]!, at[0]! + horizontal.start.length * 8)
  kernel.rows(at[3]!, stride, at[4]!, at[1]!, at[1]! + vertical.start.length * 8)
  to.set(memory.subarray(at[4]!, at[4]! + to.length))
  return true
}

/** Lays arrays out one after another, each aligned and followed by slack; grows the memory to hold them. */
function reserve(memory: WasmMemory, sizes: readonly number[], total: number): number[] {
  const missing = total + sizes.length * slack - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / 65536))
  let next = 0
  return sizes.map(size => {
    const start = next
    next = Math.ceil((start + size + slack) / slack) * slack
    return start
  })
}
