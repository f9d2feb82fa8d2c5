/** The lines of a file that grows: each is read once. */
import { closeSync, openSync, readSync, statSync } from 'node:fs'

export interface Tail {
  /**
   * The whole lines since the last call.
   *
   * @returns isNew when the file is another one than before, so that what was read of the old one no longer counts
   */
  read(): { readonly lines: readonly string[]; readonly isNew: boolean }
}

/** Bytes that are read at once. */
const chunkBytes = 1 << 20

/** Follows a file, which may be absent, grow, or be replaced at any time. */
export function tail(path: string): Tail {
  let file = 0
  let position = 0
  let rest: Buffer = Buffer.alloc(0)
  return {
    read() {
      const status = statSync(path, { throwIfNoEntry: false })
      if (status === undefined) return { lines: [], isNew: false }
      const isNew = status.ino !== file || status.size < position
      if (isNew) [file, position, rest] = [status.ino, 0, Buffer.alloc(0)]
      const parts = [rest]
      for (const chunk of chunksOf(path, position, status.size)) {
        parts.push(chunk)
        position += chunk.length
      }
      const text = Buffer.concat(parts)
      const end = text.lastIndexOf('\n') + 1
      rest = text.subarray(end)
      return { lines: end === 0 ? [] : text.toString('utf8', 0, end - 1).split('\n'), isNew }
    },
  }
}

function* chunksOf(path: string, from: number, to: number): Generator<Buffer> {
  if (from >= to) return
  const file = openSync(path, 'r')
  try {
    for (let at = from; at < to; ) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, to - at))
      const length = readSync(file, chunk, 0, chunk.length, at)
      if (length === 0) return
      yield chunk.subarray(0, length)
      at += length
    }
  } finally {
    closeSync(file)
  }
}
