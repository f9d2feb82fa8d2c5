/** Batches of views as the student's graph takes them. */
import { resizeImage } from '../pipeline/resize.ts'
import { toTensor } from '../pipeline/tensor.ts'
import { type Random, randomOf, shuffled } from '../util/random.ts'
import type { Target } from './network.ts'
import type { Batch } from './student.ts'
import type { DistillPlan } from './types.ts'
import type { Views } from './views.ts'

export interface BatchReader {
  /** Reads one view of images, mirrored by a draw where `random` is given, at a size in pixels. */
  read(positions: readonly number[], view: number, size: number, random: Random | null): Batch
}

/** The images of one epoch in the order in which they are learned from. */
export function orderOf({ seed }: DistillPlan, epoch: number, positions: readonly number[]): number[] {
  return shuffled(positions, randomOf(seed, 'order', epoch))
}

/**
 * A reader of batches; each batch is good until the next is read.
 *
 * @param parts of each teacher in order, the targets that its answers consist of
 */
export function batchReader(
  plan: DistillPlan,
  views: Views,
  parts: readonly (readonly Target[])[],
): BatchReader {
  const { student, batchSize } = plan
  const widths = parts.map(own => own.reduce((sum, { length }) => sum + length, 0))
  const pixels = new Uint8Array(batchSize * student.size * student.size * 3)
  const answers = widths.map(width => new Float32Array(batchSize * width))
  const image = new Float32Array(pixels.length)
  return {
    read(positions, view, size, random) {
      const count = positions.length
      const seen = pixels.subarray(0, count * student.size * student.size * 3)
      views.read(positions, view, seen, answers)
      if (random !== null) mirrorSome(seen, student.size, random)
      const scaled = size === student.size ? seen : shrunk(seen, student.size, size)
      const tensor = toTensor(scaled, size, image).subarray(0, count * size * size * 3)
      const targets = parts.flatMap((own, teacher) =>
        columns(answers[teacher]!, widths[teacher]!, own, count),
      )
      return { count, image: tensor, targets }
    },
  }
}

/** Mirrors half of the pictures, [N, size, size, 3], in place: the teachers' answers hardly change by it. */
function mirrorSome(pixels: Uint8Array, size: number, random: Random): void {
  const row = size * 3
  const bytes = size * row
  for (let from = 0; from < pixels.length; from += bytes) {
    if (random.next() < 0.5) continue
    for (let start = from; start < from + bytes; start += row) mirrorRow(pixels, start, start + row - 3)
  }
}

function mirrorRow(pixels: Uint8Array, first: number, last: number): void {
  for (let left = first, right = last; left < right; left += 3, right -= 3) {
    for (let channel = 0; channel < 3; channel++) {
      const kept = pixels[left + channel]!
      pixels[left + channel] = pixels[right + channel]!
      pixels[right + channel] = kept
    }
  }
}

/** [N, from, from, 3] -> [N, to, to, 3] */
function shrunk(pixels: Uint8Array, from: number, to: number): Uint8Array {
  const bytes = from * from * 3
  const result = new Uint8Array((pixels.length / bytes) * to * to * 3)
  for (let at = 0; at * bytes < pixels.length; at++) {
    const data = pixels.subarray(at * bytes, (at + 1) * bytes)
    resizeImage(
      { width: from, height: from, data },
      to,
      to,
      result.subarray(at * to * to * 3, (at + 1) * to * to * 3),
    )
  }
  return result
}

/** Parts that lie side by side in rows of `width`, each as an array of its own. */
function columns(rows: Float32Array, width: number, parts: readonly Target[], count: number): Float32Array[] {
  let start = 0
  return parts.map(({ length }) => {
    const part = new Float32Array(count * length)
    for (let row = 0; row < count; row++) {
      part.set(rows.subarray(row * width + start, row * width + start + length), row * length)
    }
    start += length
    return part
  })
}

/** How many images have the same first place in the first part of logits of two; null where there is no such part. */
export function agreements(answers: Float32Array, batch: Batch, targets: readonly Target[]): number | null {
  const index = targets.findIndex(({ kind }) => kind === 'logits')
  if (index < 0) return null
  const width = answers.length / batch.count
  const start = targets.slice(0, index).reduce((sum, { length }) => sum + length, 0)
  const { length } = targets[index]!
  let same = 0
  for (let row = 0; row < batch.count; row++) {
    const given = firstPlace(answers, row * width + start, length)
    if (given === firstPlace(batch.targets[index]!, row * length, length)) same++
  }
  return same
}

function firstPlace(values: Float32Array, start: number, length: number): number {
  let best = 0
  for (let at = 1; at < length; at++) if (values[start + at]! > values[start + best]!) best = at
  return best
}
