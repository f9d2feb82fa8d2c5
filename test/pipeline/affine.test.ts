import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as affine from '../../src/pipeline/affine.ts'
import { augmentations } from '../../src/pipeline/augmentation.ts'
import { type Random, randomOf } from '../../src/util/random.ts'

const random = (seed: number): Random => randomOf(seed, 'affine')
const apply = ([a, b, c, d, e, f]: affine.Affine, x: number, y: number): [number, number] => [
  a * x + b * y + c,
  d * x + e * y + f,
]
/** Equal but for the rounding of a few products. */
function assertClose(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length)
  for (const [i, value] of actual.entries()) assert.ok(Math.abs(value - expected[i]!) < 1e-12, `${actual}`)
}

test('compose() applies the inner map first', () => {
  const outer: affine.Affine = [2, 1, 0.5, -1, 3, 0.25]
  const inner: affine.Affine = [0.5, -0.25, 1, 2, 1, -1]
  const expected = apply(outer, ...apply(inner, 0.3, -0.7))
  assertClose(apply(affine.compose(outer, inner), 0.3, -0.7), expected)
})

test('each random map of strength 0 is the identity', () => {
  for (const draw of [
    affine.flipHorizontal,
    affine.flipVertical,
    affine.quarterTurns,
    affine.translate,
    affine.crop,
  ]) {
    assertClose(draw(0, random(1)), affine.identity)
  }
  assertClose(affine.rotate(0, random(1)), affine.identity)
})

test('rotate() keeps lengths and stays within its angle', () => {
  for (let seed = 0; seed < 50; seed++) {
    const [x, y] = apply(affine.rotate(15, random(seed)), 1, 0)
    assertClose([Math.hypot(x, y)], [1])
    assert.ok(Math.abs(Math.atan2(y, x)) <= (15 * Math.PI) / 180)
  }
})

test('crop() stays inside the picture and cuts no more than asked', () => {
  for (let seed = 0; seed < 200; seed++) {
    const map = affine.crop(0.6, random(seed))
    for (const [x, y] of [
      [-0.5, -0.5],
      [0.5, 0.5],
    ] as const) {
      for (const value of apply(map, x, y)) assert.ok(Math.abs(value) <= 0.5 + 1e-12)
    }
    const [width, , , , height] = map
    assert.ok(width * height >= 0.4 - 1e-12 && width * height <= 1)
  }
})

test('quarterTurns() draws each of the four turns about as often', () => {
  const draws = new Map<string, number>()
  const stream = random(3)
  for (let i = 0; i < 4000; i++) {
    const turn = affine.quarterTurns(1, stream).join()
    draws.set(turn, (draws.get(turn) ?? 0) + 1)
  }
  assert.equal(draws.size, 4)
  for (const count of draws.values()) assert.ok(Math.abs(count - 1000) < 150, `${count}`)
})

test('drawGeometry() draws nothing for changes of strength 0', () => {
  let draws = 0
  const next = (): number => {
    draws++
    return 0.3
  }
  const counting: Random = { next, integer: () => 0, normal: () => 0 }
  assert.deepEqual(affine.drawGeometry(augmentations.none, counting), affine.identity)
  assert.equal(draws, 0)
  affine.drawGeometry({ ...augmentations.none, rotate: 10 }, counting)
  assert.equal(draws, 1)
})
