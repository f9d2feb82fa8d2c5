/** Pieces of a body as one array. */

/**
 * Joins pieces into memory of its own, which can be handed to another thread: a piece is a view into what the socket
 * read.
 *
 * @param from bytes to leave out at the beginning
 */
export function joined(pieces: readonly Uint8Array[], from = 0): Uint8Array<ArrayBuffer> {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const all = new Uint8Array(Math.max(0, length - from))
  let at = -from
  for (const piece of pieces) {
    all.set(at < 0 ? piece.subarray(-at) : piece, Math.max(0, at))
    at += piece.length
  }
  return all
}
