import assert from 'node:assert/strict'
import { test } from 'node:test'
import { augment, erase } from '../../src/pipeline/augment.ts'
import { augmentations } from '../../src/pipeline/augmentation.ts'
import { randomOf } from '../../src/util/random.ts'
import { noise } from './pictures.ts'

const size = 24
const pixels = noise(size * size * 3)

test("augment() 'none' is a copy", () => {
  assert.deepEqual(augment(pixels, size, augmentations.none, randomOf(1)), pixels)
})

test("augment() 'flips' is the picture or its mirror image, each about half of the time", () => {
  const random = randomOf(1)
  const mirrored = augment(pixels, size, { ...augmentations.none, flipHorizontal: 1 }, random)
  let flipped = 0
  for (let i = 0; i < 400; i++) {
    const view = augment(pixels, size, augmentations.flips, random)
    if (Buffer.compare(view, mirrored) === 0) flipped++
    else assert.deepEqual(view, pixels)
  }
  assert.ok(Math.abs(flipped - 200) < 50, `${flipped}`)
})

for (const [name, augmentation] of Object.entries(augmentations)) {
  test(`augment() '${name}' gives the same bytes for the same seed, and leaves its input`, () => {
    const before = Uint8Array.from(pixels)
    const view = augment(pixels, size, augmentation, randomOf(5, name))
    assert.deepEqual(augment(pixels, size, augmentation, randomOf(5, name)), view)
    assert.deepEqual(pixels, before)
    if (name !== 'none' && name !== 'flips') assert.notDeepEqual(view, pixels)
  })

  test(`augmentation '${name}' survives JSON`, () => {
    assert.deepEqual(JSON.parse(JSON.stringify(augmentation)), augmentation)
  })
}

test('augment() writes into the array that it is given, and refuses one of another length', () => {
  const out = new Uint8Array(pixels.length)
  assert.equal(augment(pixels, size, augmentations.strong, randomOf(1), out), out)
  assert.throws(() => augment(pixels, size + 1, augmentations.strong, randomOf(1)), RangeError)
  assert.throws(() => augment(pixels, size, augmentations.none, randomOf(1), new Uint8Array(3)), RangeError)
})

test('erase() covers one rectangle of 2 to 20% with mid-grey', () => {
  for (let seed = 0; seed < 100; seed++) {
    const side = 50
    const picture = new Uint8Array(side * side * 3)
    erase(picture, side, 1, randomOf(seed))
    const covered = Array.from({ length: side * side }, (_, i) => i).filter(i => picture[i * 3] === 128)
    const xs = covered.map(i => i % side)
    const ys = covered.map(i => Math.floor(i / side))
    const width = Math.max(...xs) - Math.min(...xs) + 1
    const height = Math.max(...ys) - Math.min(...ys) + 1
    assert.equal(covered.length, width * height)
    // sides are whole pixels
    assert.ok(covered.length >= 0.02 * side * side * 0.8 && covered.length <= 0.2 * side * side * 1.1)
  }
})
