// Writes src/report/glyphs.ts: the outlines that charts need, taken from the font Inter, so that pictures have the same
// letters on every machine, also on one without fonts. To be run only when the font or the characters change:
//
//   npm install --prefix /tmp/glyphs @fontsource/inter@5.3.0 opentype.js@2.0.0
//   node scripts/glyphs.mjs /tmp/glyphs
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [tools] = process.argv.slice(2)
const { default: opentype } = await import(createRequire(join(tools, 'x.js')).resolve('opentype.js'))

/** A grid of a five-hundredth: a thirtieth of a pixel at the sizes that charts use. */
const unitsPerEm = 500
const latin1 = Array.from({ length: 0x60 }, (_, i) => String.fromCharCode(0x20 + i, 0xa0 + i)).join('')
const unprintable = ['\x7f', '\xa0', '\xad']
const characters = [...new Set(`${latin1}–—‘’“”…−·×`)].filter(one => !unprintable.includes(one)).sort()

/** Relative commands on an integer grid, y down: a third of the length of absolute decimals. */
function outline(commands, scale) {
  let pen = { x: 0, y: 0 }
  let text = ''
  for (const { type, x, y, x1, y1, x2, y2 } of commands) {
    if (type === 'Z') continue
    const end = onGrid({ x, y }, scale)
    if (type === 'M') text += text === '' ? '' : 'z'
    else if (end.x === pen.x && end.y === pen.y) continue
    const controls = [
      { x: x1, y: y1 },
      { x: x2, y: y2 },
    ].filter(point => point.x !== undefined)
    const points = [...controls.map(point => onGrid(point, scale)), end]
    text += type.toLowerCase() + points.map(point => `${point.x - pen.x} ${point.y - pen.y}`).join(' ')
    pen = end
  }
  return (text === '' ? '' : `${text}z`).replaceAll(' -', '-')
}

const onGrid = ({ x, y }, scale) => ({ x: Math.round(x * scale), y: Math.round(y * scale) })

function glyphs(weight) {
  const bytes = readFileSync(
    join(tools, `node_modules/@fontsource/inter/files/inter-latin-${weight}-normal.woff`),
  )
  const font = opentype.parse(new Uint8Array(bytes).buffer)
  const scale = unitsPerEm / font.unitsPerEm
  const lines = characters.map(character => {
    if (font.charToGlyphIndex(character) === 0) throw new Error(`Inter has no "${character}"`)
    const glyph = font.charToGlyph(character)
    const { commands } = glyph.getPath(0, 0, font.unitsPerEm)
    const key = character === "'" ? `"'"` : `'${character.replace('\\', '\\\\')}'`
    return `  [${key}, [${Math.round(glyph.advanceWidth * scale)}, '${outline(commands, scale)}']],`
  })
  return lines.join('\n')
}

const licence = readFileSync(join(tools, 'node_modules/@fontsource/inter/LICENSE'), 'utf8').replaceAll(
  '\r',
  '',
)

const text = `/**
 * Outlines of the font Inter, regular and semibold: Latin-1 and some punctuation. Written by scripts/glyphs.mjs.
 *
 * They stay under the licence of the font, which follows.
 *
${licence
  .trim()
  .split('\n')
  .map(line => ` * ${line}`.trimEnd())
  .join('\n')}
 */

/** Advance width, and the outline as SVG path data from the baseline's start, y down; ${unitsPerEm} units are one em. */
export type Glyph = readonly [advance: number, outline: string]

export const unitsPerEm = ${unitsPerEm}

// biome-ignore format: one glyph a line
export const regular: ReadonlyMap<string, Glyph> = new Map([
${glyphs(400)}
])

// biome-ignore format: one glyph a line
export const semibold: ReadonlyMap<string, Glyph> = new Map([
${glyphs(600)}
])
`
writeFileSync(fileURLToPath(new URL('../src/report/glyphs.ts', import.meta.url)), text)
