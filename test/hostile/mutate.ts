/** Sound files made unsound: a few edits of bytes, as accidents and attackers make them. */
import fc from 'fast-check'

/** One change of a file. Places are shares of its length, so that an edit fits a file of any size. */
export interface Edit {
  readonly kind: (typeof kinds)[number]
  /** 0..1 */
  readonly at: number
  /** In bytes. */
  readonly length: number
  readonly value: number
  /** Which of the target's words. */
  readonly word: number
}

const kinds = ['flip', 'byte', 'number', 'word', 'cut', 'remove', 'repeat', 'move'] as const
/** Numbers at the edges of what 8, 16, 32 and 64 bits hold. */
const edges = [0n, 1n, 0x7fn, 0xffn, 0x7fffn, 0xffffn, 0x7fffffffn, 0xffffffffn, 2n ** 53n, 2n ** 64n - 1n]

export const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...kinds),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(48),
    value: fc.nat(2 ** 31 - 1),
    word: fc.nat(255),
  }),
  { minLength: 1, maxLength: 5 },
)

/** The file after the edits. */
export function mutated(file: Uint8Array, changes: readonly Edit[], words: readonly string[]): Uint8Array {
  return changes.reduce<Uint8Array>((bytes, edit) => edited(bytes, edit, words), Uint8Array.from(file))
}

function edited(
  bytes: Uint8Array,
  { kind, at, length, value, word }: Edit,
  words: readonly string[],
): Uint8Array {
  const start = Math.min(Math.floor(at * bytes.length), Math.max(0, bytes.length - 1))
  const [head, part, tail] = [
    bytes.subarray(0, start),
    bytes.subarray(start, start + length),
    bytes.subarray(start + length),
  ]
  switch (kind) {
    case 'flip':
      return overwritten(bytes, start, Uint8Array.of((bytes[start] ?? 0) ^ (1 << (value & 7))))
    case 'byte':
      return overwritten(bytes, start, Uint8Array.of(value & 0xff))
    case 'number':
      return overwritten(bytes, start, edgeBytes(value))
    case 'word':
      return joined(
        head,
        Buffer.from(words[word % Math.max(1, words.length)] ?? ''),
        value % 2 === 0 ? bytes.subarray(start) : tail,
      )
    case 'cut':
      return head.slice()
    case 'remove':
      return joined(head, tail)
    case 'repeat':
      return joined(head, ...Array.from({ length: 2 + (value % 20) }, () => part), tail)
    case 'move':
      return joined(tail, part, head)
    default:
      return kind satisfies never
  }
}

/** An edge as 1, 2, 4 or 8 bytes of either order. */
function edgeBytes(value: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(edges[value % edges.length]!)
  const some = bytes.subarray(0, [1, 2, 4, 8][(value >>> 8) % 4])
  return (value >>> 16) % 2 === 0 ? some : some.reverse()
}

function overwritten(bytes: Uint8Array, start: number, by: Uint8Array): Uint8Array {
  const result = bytes.slice()
  result.set(by.subarray(0, Math.max(0, bytes.length - start)), start)
  return result
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))
