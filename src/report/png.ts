/** A chart as a picture that every program shows alike. */
import { rasterise } from '../pipeline/decode-sharp.ts'
import { fromSvg, toSvg } from './chart.ts'
import { outlineText } from './letters.ts'

/**
 * The chart as a PNG with its letters drawn as outlines, so that it looks the same on a machine without fonts. Letters
 * outside Latin-1 need one.
 *
 * @param svg a chart of this folder, such as `trainingCurves` makes
 * @param scale pixels per SVG unit; 2 suits sharp screens and print
 */
export async function chartPng(svg: string, scale = 2): Promise<Uint8Array> {
  const root = fromSvg(svg)
  outlineText(root)
  return rasterise(toSvg(root), scale)
}
