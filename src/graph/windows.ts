/** What kind of convolution a kernel and its window make. */

import { elementCount } from './dims.ts'
import type { Attributes } from './ops.ts'
import type { Shape } from './types.ts'

/** The pixels of one channel of one image. */
export function planeOf(shape: Shape): number {
  return elementCount(shape.slice(2) as number[])
}

/** A 1x1 convolution that touches every pixel once. */
export function isPointwise(kernel: Shape, { strides, pads, group }: Attributes<'Conv'>): boolean {
  return (
    kernel[2] === 1 &&
    kernel[3] === 1 &&
    group === 1 &&
    [...strides].every(s => s === 1) &&
    pads.every(p => p === 0)
  )
}

/** One filter a channel. */
export function isDepthwise(kernel: Shape, { group }: Attributes<'Conv'>): boolean {
  return kernel[1] === 1 && group === kernel[0] && group > 1
}
