/** A clock that is set by hand and a terminal that shows what a person would see. */
import { stripVTControlCharacters } from 'node:util'
import type { OutputStream, Style } from '../../../src/cli/terminal/stream.ts'

export const plain: Style = (_, text) => text
/** Formats as visible brackets. */
export const marked: Style = (format, text) => `<${format}>${text}</>`

export interface FakeClock {
  (): number
  advance(milliseconds: number): void
}

export function fakeClock(): FakeClock {
  let now = 1_700_000_000_000
  return Object.assign(() => now, { advance: (milliseconds: number): void => void (now += milliseconds) })
}

/** A stream that keeps what was written. */
export interface FakeStream extends OutputStream {
  columns: number
  readonly writes: string[]
}

export function fakeStream(isTTY: boolean, columns = 80): FakeStream {
  const writes: string[] = []
  return { isTTY, columns, writes, write: text => writes.push(text) }
}

/**
 * The rows that a terminal shows after all that was written, colours aside. It knows the sequences of ECMA-48 that the
 * program uses, and refuses others.
 */
export function screenOf(writes: readonly string[], columns: number): string[] {
  const rows: string[] = ['']
  let row = 0
  let column = 0
  const put = (letter: string): void => {
    if (column === columns) next()
    rows[row] = rows[row]!.padEnd(column).slice(0, column) + letter + rows[row]!.slice(column + 1)
    column++
  }
  const next = (): void => {
    row++
    column = 0
    rows[row] ??= ''
  }
  const commands: Readonly<Record<string, (n: number) => void>> = {
    F: n => {
      row = Math.max(0, row - n)
      column = 0
    },
    K: () => (rows[row] = rows[row]!.slice(0, column)),
    J: () => {
      rows[row] = rows[row]!.slice(0, column)
      rows.length = row + 1
    },
    m: () => {},
  }
  for (const [token, digits, letter] of writes.join('').matchAll(/\x1b\[(\d*)([A-Za-z])|[\s\S]/g)) {
    if (letter !== undefined) commands[letter]!(Number(digits || 1))
    else if (token === '\n') next()
    else put(token)
  }
  return rows
}

/** What was written, without colours and cursor movement. */
export function textOf(stream: FakeStream): string {
  return stripVTControlCharacters(stream.writes.join(''))
}
