/** Features of many examples, by place: in memory while they are few, else read from the cache on disk. */
import type { RowStore } from '../pipeline/row-store.ts'
import { UserError } from '../util/errors.ts'

/** Rows of `length` float32 numbers. */
export interface FeatureTable {
  readonly length: number
  /** Copies the rows at some places to `out`, [places.length, length]. */
  read(places: ArrayLike<number>, out: Float32Array): void
}

/** Tables up to this size are held in memory: 15,750 images at 1280 features take 81 MB. */
const memoryBytes = 96e6
/** Rows read from the store at once. */
const chunk = 256

/** Memory for one table at a time: if each had its own, those before it would wait for the garbage collector. */
export interface TableRoom {
  /** Numbers for a table; those of the table before it are gone, and asking for them throws. */
  take(count: number): () => Float32Array
  /** Gives the memory back to the system. */
  clear(): void
}

export function tableRoom(): TableRoom {
  const buffer = new ArrayBuffer(0, { maxByteLength: memoryBytes })
  let holder = 0
  const resize = (bytes: number): number => {
    buffer.resize(bytes)
    return ++holder
  }
  return {
    take(count) {
      const own = resize(count * Float32Array.BYTES_PER_ELEMENT)
      const rows = new Float32Array(buffer)
      return () => {
        if (own !== holder) throw new Error('Internal: other features have taken the place of these')
        return rows
      }
    },
    clear: () => void resize(0),
  }
}

/**
 * A table of the store's rows with these keys, in their order; all must be there.
 *
 * @param room for a table that is held in memory; it is usable until the next one takes it
 */
export function featureTable(
  keys: readonly string[],
  length: number,
  store: RowStore,
  room: TableRoom,
): FeatureTable {
  const stored: FeatureTable = {
    length,
    read: (places, out) =>
      readRows(
        store,
        Array.from(places, place => keys[place]!),
        out,
      ),
  }
  if (keys.length * length * 4 > memoryBytes) return stored
  const held = room.take(keys.length * length)
  for (let from = 0; from < keys.length; from += chunk) {
    readRows(store, keys.slice(from, from + chunk), held().subarray(from * length))
  }
  return {
    length,
    read(places, out) {
      const rows = held()
      for (let at = 0; at < places.length; at++) {
        const start = places[at]! * length
        out.set(rows.subarray(start, start + length), at * length)
      }
    },
  }
}

function readRows(store: RowStore, keys: readonly string[], out: Float32Array): void {
  const damaged = store.read(keys, new Uint8Array(out.buffer, out.byteOffset, keys.length * store.rowBytes))
  if (damaged.length === 0) return
  throw new UserError('storage', `The feature cache in "${store.folder}" was damaged while it was in use`, {
    hint: 'run the command again: damaged rows are made anew',
  })
}
