/** Text as outlines, so that a picture has the same letters on every machine, also on one without fonts. */
import { element, type SvgElement } from './chart.ts'
import { type Glyph, regular, semibold, unitsPerEm } from './glyphs.ts'

/** The stack that viewers of an SVG use; its text is about as wide as the outlines. */
export const fontFamily = 'Inter, system-ui, "Segoe UI", Helvetica, Arial, sans-serif'
/** Of all text that says no other size, in pixels. */
export const fontSize = 12
/** What a semibold text says of itself, in SVG. */
export const semiboldWeight = '600'

/** The advance width of a text in em; a letter without an outline counts as the widest that there are. */
export function textWidth(text: string, weight = '400'): number {
  return lettersOf(text, weight).reduce((sum, glyph) => sum + (glyph?.[0] ?? unitsPerEm), 0) / unitsPerEm
}

/** The text, its end replaced by an ellipsis where it would be wider than so many em. */
export function fitText(text: string, width: number, weight = '400'): string {
  if (textWidth(text, weight) <= width) return text
  const letters = [...text]
  while (letters.length > 0 && textWidth(`${letters.join('')}…`, weight) > width) letters.pop()
  return `${letters.join('').trimEnd()}…`
}

/**
 * Replaces every text of a picture by its outline. A text with a letter outside Latin-1 stays a text, to be drawn with
 * the machine's own fonts.
 */
export function outlineText(root: SvgElement): void {
  for (const text of root.querySelectorAll('text')) {
    const glyphs = lettersOf(text.textContent, inherited(text, 'font-weight') ?? '400')
    if (!glyphs.includes(undefined)) text.replaceWith(outline(text, glyphs as Glyph[]))
  }
}

/** One path, placed, anchored and painted as the text was. */
function outline(text: SvgElement, glyphs: readonly Glyph[]): SvgElement {
  const size = Number(inherited(text, 'font-size') ?? '16')
  const scale = size / unitsPerEm
  const width = glyphs.reduce((sum, [advance]) => sum + advance, 0) * scale
  const before = { start: 0, middle: width / 2, end: width }[inherited(text, 'text-anchor') ?? 'start'] ?? 0
  let x = lengthOf(text, 'x', size) + lengthOf(text, 'dx', size) - before
  const y = lengthOf(text, 'y', size) + lengthOf(text, 'dy', size)
  const letters = glyphs.map(([advance, units]) => {
    const letter = `M${x} ${y}${units.replace(/\d+/g, unit => String(Number(unit) * scale))}`
    x += advance * scale
    return letter
  })
  const path = element('path', { d: letters.join('') })
  for (const name of text.getAttributeNames())
    if (!placing.has(name)) path.setAttribute(name, text.getAttribute(name)!)
  return path
}

/** What the outline has taken into account. */
const placing = new Set(['x', 'y', 'dx', 'dy', 'text-anchor', 'font-size', 'font-weight'])

function lettersOf(text: string, weight: string): (Glyph | undefined)[] {
  const font = weight === semiboldWeight ? semibold : regular
  return [...text.normalize('NFC')].map(letter => font.get(letter))
}

function inherited(start: SvgElement, name: string): string | null {
  for (let at: SvgElement | null = start; at !== null; at = at.parentElement)
    if (at.getAttribute(name) !== null) return at.getAttribute(name)
  return null
}

/** A length in pixels or em, in pixels. */
function lengthOf(text: SvgElement, name: string, size: number): number {
  const value = text.getAttribute(name) ?? '0'
  return Number.parseFloat(value) * (value.endsWith('em') ? size : 1)
}
