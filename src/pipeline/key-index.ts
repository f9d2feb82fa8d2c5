/** A compact map from 32-byte keys to row numbers and checksums: about 60 MB for a million, where a Map takes 250. */

const keyBytes = 32
/** The row number of a forgotten key. */
const absent = 0xffffffff

/** Where a row is and what its CRC-32 must be. */
export interface RowEntry {
  readonly row: number
  readonly checksum: number
}

/**
 * A hash table with open addressing (Knuth, vol. 3, 6.4, algorithm L) over flat arrays. Keys are hashes already, so
 * their first bytes serve as hash value.
 */
export class KeyIndex {
  #count = 0
  #keys = new Uint8Array(1024 * keyBytes)
  #rows = new Uint32Array(1024)
  #checksums = new Uint32Array(1024)
  /** Entry number + 1 at each slot, 0 where free; twice as many slots as there is room for entries. */
  #slots = new Uint32Array(2048)

  get(key: Uint8Array): RowEntry | null {
    const entry = this.#slots[this.#slotOf(key)]! - 1
    if (entry < 0 || this.#rows[entry] === absent) return null
    return { row: this.#rows[entry]!, checksum: this.#checksums[entry]! }
  }

  /** Adds a key, or gives it another row. */
  set(key: Uint8Array, { row, checksum }: RowEntry): void {
    if (this.#count === this.#rows.length) this.#grow()
    const slot = this.#slotOf(key)
    let entry = this.#slots[slot]! - 1
    if (entry < 0) {
      entry = this.#count++
      this.#slots[slot] = entry + 1
      this.#keys.set(key, entry * keyBytes)
    }
    this.#rows[entry] = row
    this.#checksums[entry] = checksum
  }

  /** Forgets a key's row. */
  delete(key: Uint8Array): void {
    const entry = this.#slots[this.#slotOf(key)]! - 1
    if (entry >= 0) this.#rows[entry] = absent
  }

  /** The key's slot, or the free one where it would go. */
  #slotOf(key: Uint8Array): number {
    const mask = this.#slots.length - 1
    let slot = (key[0]! | (key[1]! << 8) | (key[2]! << 16) | (key[3]! << 24)) & mask
    while (this.#slots[slot] !== 0 && !this.#equals(this.#slots[slot]! - 1, key)) slot = (slot + 1) & mask
    return slot
  }

  #equals(entry: number, key: Uint8Array): boolean {
    for (let i = 0, at = entry * keyBytes; i < keyBytes; i++) if (this.#keys[at + i] !== key[i]) return false
    return true
  }

  #grow(): void {
    this.#keys = grown(this.#keys, new Uint8Array(this.#keys.length * 2))
    this.#rows = grown(this.#rows, new Uint32Array(this.#rows.length * 2))
    this.#checksums = grown(this.#checksums, new Uint32Array(this.#checksums.length * 2))
    this.#slots = new Uint32Array(this.#slots.length * 2)
    for (let entry = 0; entry < this.#count; entry++) {
      const key = this.#keys.subarray(entry * keyBytes, (entry + 1) * keyBytes)
      this.#slots[this.#slotOf(key)] = entry + 1
    }
  }
}

function grown<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from)
  return to
}
