/** Sun and camera of a scene: where shadows fall, and how tall things lean in an oblique view. */
import type { Random } from '../../src/util/random.ts'
import type { Point } from './canvas.ts'
import { anywhere, between, chance } from './chance.ts'

export interface Light {
  /** Where the shadow of a point one unit above the ground falls. */
  readonly shadow: Point
  /** The unit vector on the ground towards the sun. */
  readonly sun: Point
  /** Part of the light that a shadow takes away, 0..1. */
  readonly strength: number
  /** Width of the shadows' edges in scene units. */
  readonly softness: number
  /** Where a point one unit above the ground is seen: nowhere else from straight above. */
  readonly lean: Point
}

/** Sun 20 to 60 degrees high, now and then behind a cloud; camera from straight down to 45 degrees aslant. */
export function drawLight(random: Random): Light {
  const elevation = (between(random, 20, 60) * Math.PI) / 180
  const sun = anywhere(random, 1)
  const length = 1 / Math.tan(elevation)
  const cloudy = chance(random, 0.15)
  return {
    sun,
    shadow: { x: -sun.x * length, y: -sun.y * length },
    strength: cloudy ? between(random, 0.1, 0.25) : between(random, 0.4, 0.68),
    softness: cloudy ? between(random, 1.5, 3) : between(random, 0.5, 1),
    lean: anywhere(random, between(random, 0.25, 1.1)),
  }
}
