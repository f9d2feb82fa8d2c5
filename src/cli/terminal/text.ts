/** Text in cells of a terminal: how many it takes, and cutting it to so many. */
import { stripVTControlCharacters } from 'node:util'

/** Letters that take two cells: East Asian wide ones (Unicode Annex 11) and pictures. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\ufe0f/u
/** Letters that take none: marks on the letter before, joiners and other invisible ones. */
const empty = /^[\p{Mark}\p{Format}]+$/u

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const lettersOf = (text: string): string[] => [...segmenter.segment(text)].map(({ segment }) => segment)
const cellsOf = (letter: string): number => (empty.test(letter) ? 0 : wide.test(letter) ? 2 : 1)

/** The cells that a text takes in a line, its colours aside. */
export function cellWidth(text: string): number {
  const plain = stripVTControlCharacters(text)
  // Most text is ASCII, one cell a letter.
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length
  return lettersOf(plain).reduce((sum, letter) => sum + cellsOf(letter), 0)
}

/**
 * A plain text that takes at most so many cells, an ellipsis where it was cut.
 *
 * @param cut the end that is lost; `start` suits paths, whose end tells most
 */
export function fitCells(text: string, cells: number, cut: 'start' | 'end' = 'end'): string {
  if (cellWidth(text) <= cells) return text
  if (cells < 1) return ''
  const letters = cut === 'end' ? lettersOf(text) : lettersOf(text).reverse()
  let room = cells - 1
  const kept = letters.slice(
    0,
    letters.findIndex(letter => (room -= cellsOf(letter)) < 0),
  )
  return cut === 'end' ? `${kept.join('')}…` : `…${kept.reverse().join('')}`
}

/** The text filled with spaces to so many cells; a longer one is left as it is. */
export function padCells(text: string, cells: number, align: 'left' | 'right'): string {
  const spaces = ' '.repeat(Math.max(0, cells - cellWidth(text)))
  return align === 'left' ? text + spaces : spaces + text
}

/**
 * The text with every control character written out (`\n`, `\x1b`), so that a file name can neither break a line nor
 * command the terminal.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Control}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, character => {
    const name = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character]
    const code = character.charCodeAt(0).toString(16)
    return name ?? (code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`)
  })
}
