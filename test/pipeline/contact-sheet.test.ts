/** A contact sheet holds each picture at its place. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contactSheet, sheetColumns } from '../../src/pipeline/contact-sheet.ts'
import { decodeImage } from '../../src/pipeline/decode.ts'

const greys = Array.from({ length: sheetColumns + 2 }, (_, at) => 20 + 25 * at)
/** JPEG rounds each plain square as a whole. */
const jpegError = 3

for (const [size, side] of [
  [16, 16],
  [224, 112],
] as const) {
  test(`contactSheet() puts pictures of ${size} pixels row by row, ${side} pixels wide`, async () => {
    const pixels = new Uint8Array(greys.length * size * size * 3)
    for (const [at, grey] of greys.entries()) pixels.fill(grey, at * size * size * 3)
    const sheet = await decodeImage(await contactSheet(pixels, size), { name: 'sheet' })
    assert.deepEqual([sheet.width, sheet.height], [sheetColumns * side, 2 * side])
    const seen = Array.from({ length: 2 * sheetColumns }, (_, at) => {
      const x = (at % sheetColumns) * side + side / 2
      const y = Math.floor(at / sheetColumns) * side + side / 2
      return sheet.data[(y * sheet.width + x) * 3]!
    })
    const wanted = [...greys, ...Array.from({ length: sheetColumns - 2 }, () => 255)]
    for (const [at, grey] of wanted.entries())
      assert.ok(Math.abs(seen[at]! - grey) <= jpegError, `${at}: ${seen}`)
  })
}
