/** The mark of the best epoch: a dot on the validation curve, and its value where no curve is in the way. */
import { dot, type Mark, ruleX, text } from './chart.ts'
import { epochAt, type Frame, valueAt, xOf, yOf } from './frame.ts'
import { fontSize, semiboldWeight, textWidth } from './letters.ts'
import { type Curve, colours } from './marks.ts'
import { isGap, type Point } from './series.ts'

/** Where a label's middle is, in pixels of the panel. */
interface Place {
  readonly x: number
  readonly y: number
}

/** Keeps a text legible where a line crosses it all the same. */
const halo = { stroke: '#fff', strokeWidth: 4 } as const
/** Distances from the dot to try, in order: near before far, above before below. */
const distances = [-20, 20, -36, 36, -52, 52, -68, 68, -84, 84]

/**
 * A dot at the best epoch of the validation curve, with its value where a format is given.
 *
 * @param best the epoch; nothing is drawn where it has no value
 */
export function bestMarks(
  curves: readonly Curve[],
  best: number | undefined,
  frame: Frame,
  format: ((value: number) => string) | undefined,
): Mark[] {
  const points = curves.find(({ series }) => series === 'validation')?.points ?? []
  const point = points.find(one => one.epoch === best && !isGap(one))
  if (point === undefined) return []
  const ink = colours.validation
  const mark = dot([point], { x: 'epoch', y: 'value', fill: ink, r: 4.5, stroke: '#fff', strokeWidth: 1.5 })
  return format === undefined ? [mark] : [...bestLabel(point, curves, frame, format(point.value)), mark]
}

function bestLabel(point: Point, curves: readonly Curve[], frame: Frame, value: string): Mark[] {
  const label = `best ${value}, epoch ${point.epoch}`
  const width = textWidth(label, semiboldWeight) * fontSize
  const dotAt = { x: xOf(frame, point.epoch), y: yOf(frame, point.value) }
  const place = freePlace(dotAt, width, curves, frame)
  const ink = colours.validation
  return [
    ruleX([point], { x: 'epoch', y1: 'value', y2: valueAt(frame, place.y), stroke: ink, strokeWidth: 1 }),
    text([point], {
      ...halo,
      x: 'epoch',
      y: 'value',
      text: () => label,
      dx: place.x - dotAt.x,
      dy: place.y - dotAt.y,
      fill: ink,
      fontWeight: semiboldWeight,
    }),
  ]
}

/** The nearest place for a label that no curve crosses; where there is none, the one furthest from the curves. */
function freePlace(dotAt: Place, width: number, curves: readonly Curve[], frame: Frame): Place {
  const { left, right, top, bottom } = frame.margin
  const x = Math.min(Math.max(dotAt.x, left + width / 2), frame.width - right - width / 2)
  const places = distances
    .map(distance => ({ x, y: dotAt.y + distance }))
    .filter(({ y }) => y > top + fontSize / 2 && y < frame.height - bottom - fontSize)
    .map(place => ({ place, clear: clearance(place, width, curves, frame) }))
  const clearest = places.reduce((a, b) => (b.clear > a.clear ? b : a))
  return (places.find(({ clear }) => clear >= fontSize) ?? clearest).place
}

/** The least vertical distance between a label's middle line and the curves. */
function clearance({ x, y }: Place, width: number, curves: readonly Curve[], frame: Frame): number {
  const samples = Array.from({ length: Math.ceil(width / 4) }, (_, i) =>
    epochAt(frame, x - width / 2 + 4 * i),
  )
  const heights = curves.flatMap(({ points }) =>
    samples.map(epoch => yOf(frame, interpolated(points, epoch))),
  )
  return Math.min(...heights.filter(Number.isFinite).map(height => Math.abs(height - y)))
}

/** The curve's value between two epochs; NaN where it has none. */
function interpolated(points: readonly Point[], epoch: number): number {
  const next = points.findIndex(point => point.epoch >= epoch)
  const [a, b] = [points[Math.max(0, next - 1)]!, points[next]]
  if (b === undefined || b.epoch === a.epoch) return b?.epoch === epoch ? b.value : Number.NaN
  return a.value + ((epoch - a.epoch) / (b.epoch - a.epoch)) * (b.value - a.value)
}
