/** Distance functions of the things in a scene, and the points of space they are made from. */
import type { Point, Shape } from './canvas.ts'
import type { Field } from './noise.ts'

/** A point above the ground: `z` is its height in scene units. */
export interface Position extends Point {
  readonly z: number
}

/** A straight round piece of a plant or a pole. */
export interface Limb {
  readonly from: Position
  readonly to: Position
  readonly radius: number
}

/** Where a point is seen, or where its shadow falls: moved by its height along a vector on the ground. */
export function projected({ x, y, z }: Position, along: Point): Point {
  return { x: x + z * along.x, y: y + z * along.y }
}

/** A line with round ends. */
export function capsule(from: Point, to: Point, radius: number): Shape {
  const dx = to.x - from.x
  const dy = to.y - from.y
  const square = Math.max(1e-9, dx * dx + dy * dy)
  return (x, y) => {
    const t = Math.min(1, Math.max(0, ((x - from.x) * dx + (y - from.y) * dy) / square))
    return Math.hypot(x - from.x - t * dx, y - from.y - t * dy) - radius
  }
}

/** A disc with an uneven edge. */
export function blob(centre: Point, radius: number, edge: Field, unevenness: number): Shape {
  return (x, y) => Math.hypot(x - centre.x, y - centre.y) - radius * (1 + unevenness * edge(x, y))
}

/** A disc with `points` rays; at depth 1 the edge falls back to the centre between them. */
export function star(centre: Point, radius: number, points: number, depth: number, turn: number): Shape {
  return (x, y) => {
    const angle = Math.atan2(y - centre.y, x - centre.x) + turn
    const reach = 1 - depth * (0.5 - 0.5 * Math.cos(points * angle))
    return Math.hypot(x - centre.x, y - centre.y) - radius * reach
  }
}

/** How far a point lies to the left of a line, in units; right is negative. */
export function leftOf(from: Point, to: Point, x: number, y: number): number {
  const length = Math.max(1e-6, Math.hypot(to.x - from.x, to.y - from.y))
  return ((x - from.x) * (to.y - from.y) - (y - from.y) * (to.x - from.x)) / length
}
