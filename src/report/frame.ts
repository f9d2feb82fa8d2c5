/** Where a panel's values lie in pixels: what label placement needs to know and Plot does not tell. */

/** A panel's size and domains. Lengths are in pixels, y down from the panel's top. */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly margin: {
    readonly top: number
    readonly right: number
    readonly bottom: number
    readonly left: number
  }
  /** Between the frame's sides and the first and last epoch. */
  readonly inset: number
  /** First and last epoch; half an epoch around a single one. */
  readonly epochs: readonly [number, number]
  readonly values: readonly [number, number]
}

export function xOf({ width, margin, inset, epochs: [first, last] }: Frame, epoch: number): number {
  const start = margin.left + inset
  return start + ((epoch - first) / (last - first)) * (width - margin.right - inset - start)
}

export function yOf({ height, margin, values: [low, high] }: Frame, value: number): number {
  return margin.top + ((high - value) / (high - low)) * (height - margin.top - margin.bottom)
}

/** The epoch, not always whole, at a distance from the panel's left side; `xOf` the other way. */
export function epochAt(frame: Frame, x: number): number {
  const [first, last] = frame.epochs
  return first + ((x - xOf(frame, first)) / (xOf(frame, last) - xOf(frame, first))) * (last - first)
}

/** The value at a distance from the panel's top; `yOf` the other way. */
export function valueAt(frame: Frame, y: number): number {
  const [low, high] = frame.values
  return high - ((y - yOf(frame, high)) / (yOf(frame, low) - yOf(frame, high))) * (high - low)
}

/** Whole epochs for the axis, at most a dozen of them: every, or every 2nd, 5th, 10th, 20th, ... */
export function epochTicks({ epochs: [first, last] }: Frame): number[] {
  let step = 1
  for (const growth of [2, 2.5, 2, 2, 2.5, 2, 2, 2.5, 2]) {
    if ((last - first) / step <= 12) break
    step *= growth
  }
  const start = Math.ceil(first / step) * step
  return Array.from({ length: Math.floor((last - start) / step) + 1 }, (_, i) => start + i * step)
}

/**
 * Moves two labels apart, about their middle, so that their lines do not overlap.
 *
 * @param gap the least distance
 * @returns how far each is to be moved
 */
export function apart(a: number, b: number, gap: number): [number, number] {
  const missing = Math.max(0, gap - Math.abs(a - b)) / 2
  return a <= b ? [-missing, missing] : [missing, -missing]
}
