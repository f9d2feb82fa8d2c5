/** A picture as it was given, with the heat map over the part of it that the network saw. */
import { type HeatMap, heatPixels } from '../../bundle/heat-colour.ts'
import type { Fit } from '../../pipeline/types.ts'
import { element } from '../elements.ts'

/** A picture on the page. */
export interface Picture {
  readonly element: HTMLElement
  /** Lays a heat map over the picture. */
  cover(heatmap: HeatMap): void
  /** Frees the file's memory. */
  close(): void
}

/** Pictures below this side, in pixels, are shown larger than they are. */
const smallest = 200

export function pictureOf(image: Blob, description: string, fit: Fit): Picture {
  const url = URL.createObjectURL(image)
  const shown = element('img', { src: url, alt: description })
  const frame = element('div', { className: 'frame' }, shown)
  shown.onload = () => enlarge(shown)
  shown.onerror = () => {
    const note = element('p', { className: 'quiet' }, 'This browser cannot show this kind of picture')
    shown.replaceWith(note)
  }
  return {
    element: element('div', { className: 'picture' }, frame),
    cover: heatmap => {
      const canvas = heatCanvas(heatmap)
      const place = (): void => placeSquare(canvas, shown.naturalWidth / shown.naturalHeight, fit)
      if (shown.complete && shown.naturalWidth > 0) place()
      else shown.addEventListener('load', place)
      frame.append(canvas)
    },
    close: () => URL.revokeObjectURL(url),
  }
}

/** A thumbnail of 32 pixels is too small to look at. */
function enlarge(shown: HTMLImageElement): void {
  const { naturalWidth, naturalHeight } = shown
  const scale = Math.floor(smallest / Math.max(naturalWidth, naturalHeight))
  if (scale > 1) shown.width = naturalWidth * scale
}

/** Puts the square where the network saw it, in percent of the picture's sides. */
function placeSquare({ style }: HTMLElement, aspect: number, fit: Fit): void {
  const side = fit === 'squash' ? null : fit === 'crop' ? Math.min(aspect, 1) : Math.max(aspect, 1)
  const width = side === null ? 1 : side / aspect
  const height = side === null ? 1 : side
  style.width = `${width * 100}%`
  style.height = `${height * 100}%`
  style.left = `${(1 - width) * 50}%`
  style.top = `${(1 - height) * 50}%`
}

/** One pixel for each number; the browser smooths between them. */
function heatCanvas(heatmap: HeatMap): HTMLCanvasElement {
  const { rows, columns } = heatmap
  const canvas = element('canvas', { className: 'heat', width: columns, height: rows, ariaHidden: 'true' })
  const context = canvas.getContext('2d')!
  const pixels = context.createImageData(columns, rows)
  pixels.data.set(heatPixels(heatmap))
  context.putImageData(pixels, 0, 0)
  return canvas
}
