/** Parameters, gradients and an optimizer's moments in one flat memory that the engine reads and writes in place. */
import { type WasmMemory, webAssembly } from '../../util/webassembly.ts'
import { elementCount } from '../dims.ts'
import { tensor } from '../tensor.ts'
import type { Tensor } from '../types.ts'

/** One parameter's place. */
export interface Slot {
  readonly name: string
  readonly shape: readonly number[]
  /** Where it begins in each region, in elements; a multiple of 4. */
  readonly start: number
  readonly count: number
}

export interface FlatParameters {
  readonly memory: WasmMemory
  readonly slots: readonly Slot[]
  /** Elements in each region, padding included. */
  readonly length: number
  /** Byte offsets of the regions: the parameters, their gradients, then the moments. */
  readonly regions: readonly number[]
  /** Views into the memory by parameter's name. */
  readonly parameters: ReadonlyMap<string, Tensor>
  readonly gradients: ReadonlyMap<string, Tensor>
  /** Each moment as a whole region. */
  readonly moments: readonly Float32Array[]
  /** Byte offset, a multiple of 16, of the room behind the regions. */
  readonly room: number
  /** Byte offset of `scratchLength` elements that nobody keeps anything in. */
  readonly scratch: number
}

const page = 65536

/** Few enough to stay near the processor. */
export const scratchLength: number = 16384

/**
 * Copies the parameters into a new memory, with room for their gradients and for zeroed moments.
 *
 * @param room bytes that the caller wants behind them
 */
export function flatParameters(
  parameters: ReadonlyMap<string, Tensor>,
  moments: number,
  room = 0,
): FlatParameters {
  let length = 0
  const slots = [...parameters].map(([name, { shape }]) => {
    const slot = { name, shape, start: length, count: elementCount(shape) }
    length += Math.ceil(slot.count / 4) * 4
    return slot
  })
  const bytes = length * 4
  const regions = Array.from({ length: 2 + moments }, (_, region) => region * bytes)
  const scratch = bytes * regions.length + Math.ceil(room / 16) * 16
  const size = scratch + scratchLength * 4
  const memory = new webAssembly.Memory({ initial: Math.max(1, Math.ceil(size / page)) })
  const view = (region: number, { name, shape, start, count }: Slot): [string, Tensor] => [
    name,
    tensor('float32', shape, new Float32Array(memory.buffer, regions[region]! + start * 4, count)),
  ]
  const flat: FlatParameters = {
    memory,
    slots,
    length,
    regions,
    parameters: new Map(slots.map(slot => view(0, slot))),
    gradients: new Map(slots.map(slot => view(1, slot))),
    moments: regions.slice(2).map(region => new Float32Array(memory.buffer, region, length)),
    room: bytes * regions.length,
    scratch,
  }
  for (const [name, value] of parameters)
    (flat.parameters.get(name)!.data as Float32Array).set(value.data as Float32Array)
  return flat
}
