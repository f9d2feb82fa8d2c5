/** What stands on the ground: it casts a shadow first and is painted later, so that shadows fall on the ground only. */
import { type Canvas, type Colour, castShadow, fill, type Point } from './canvas.ts'
import type { Light } from './light.ts'
import { capsule, type Limb, leftOf, projected } from './shapes.ts'

export interface Thing {
  /** Its foot. */
  readonly at: Point
  castShadow(canvas: Canvas, light: Light): void
  paint(canvas: Canvas, light: Light): void
}

/**
 * Colour on a limb.
 *
 * @param across from -1 at its right edge to 1 at its left
 */
export type Bark = (across: number, x: number, y: number) => Colour

export function castLimbShadows(canvas: Canvas, light: Light, limbs: readonly Limb[]): void {
  for (const { from, to, radius } of limbs) {
    const [start, end] = [projected(from, light.shadow), projected(to, light.shadow)]
    const { centre, reach } = around(start, end, radius + light.softness)
    castShadow(canvas, centre, reach, capsule(start, end, radius), light.softness)
  }
}

/** Paints limbs as lit cylinders: the side towards the sun is brighter. */
export function paintLimbs(canvas: Canvas, light: Light, limbs: readonly Limb[], bark: Bark): void {
  for (const { from, to, radius } of limbs) {
    const [start, end] = [projected(from, light.lean), projected(to, light.lean)]
    const { centre, reach } = around(start, end, radius + 1)
    const towardsSun = Math.sign(leftOf(start, end, start.x + light.sun.x, start.y + light.sun.y))
    fill(canvas, centre, reach, capsule(start, end, radius), (x, y) => {
      const across = Math.min(1, Math.max(-1, leftOf(start, end, x, y) / radius))
      const [red, green, blue] = bark(across, x, y)
      const lit = 1 + 0.7 * light.strength * across * towardsSun - 0.2 * across * across
      return [red * lit, green * lit, blue * lit]
    })
  }
}

function around(start: Point, end: Point, margin: number): { centre: Point; reach: number } {
  const centre = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 }
  return { centre, reach: Math.hypot(end.x - start.x, end.y - start.y) / 2 + margin }
}
