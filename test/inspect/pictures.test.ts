import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imbalanceFindings } from '../../src/inspect/balance.ts'
import { likeNames } from '../../src/inspect/class-names.ts'
import { isMisnamed } from '../../src/inspect/files.ts'
import { lookOf } from '../../src/inspect/look.ts'
import { poorPictures } from '../../src/inspect/pictures.ts'
import { randomOf } from '../../src/util/random.ts'
import { hills, looksOfPictures, painted } from './made-looks.ts'

const grain = randomOf(1, 'grain')
/** A picture with fine detail. */
const sharp = (seed: number): Uint8Array => {
  const level = hills(seed)
  return painted((x, y) => level(x, y) + 25 * grain.normal())
}

test('poorPictures() finds the blank, the dark, the tiny and the blurred among sharp ones', () => {
  const good = Array.from({ length: 20 }, (_, seed) => sharp(seed))
  const dark = hills(3)
  const poor = [painted(() => 200), painted((x, y) => dark(x, y) / 10), sharp(50), painted(hills(4))]
  const sides = [...good.map(() => 300), 300, 300, 16, 300]
  const found = poorPictures(looksOfPictures([...good, ...poor]), sides)
  assert.deepEqual(
    found.map(({ place, finding }) => [place, finding]),
    [
      [20, 'blank'],
      [21, 'dark'],
      [22, 'tiny'],
      [23, 'blurred'],
    ],
  )
  for (const { score } of found) assert.ok(score >= 0 && score <= 1)
})

test('poorPictures() calls nothing blurred where all pictures are soft', () => {
  const soft = Array.from({ length: 20 }, (_, seed) => painted(hills(seed)))
  assert.deepEqual(poorPictures(looksOfPictures(soft), []), [])
})

test('lookOf() refuses a side that is no multiple of 16', () => {
  assert.throws(() => lookOf(new Uint8Array(100 * 100 * 3), 100, new Float32Array(261)), RangeError)
})

test('likeNames() tells case, plurals and slips from different names', () => {
  const of = (...names: string[]): (readonly string[])[] =>
    likeNames(
      names,
      names.map((_, at) => 10 - at),
    ).map(({ rare, common, difference }) => [rare, common, difference])
  assert.deepEqual(of('tomato', 'Tomato'), [['Tomato', 'tomato', 'case']])
  assert.deepEqual(of('oak tree', 'oak_tree'), [['oak_tree', 'oak tree', 'case']])
  assert.deepEqual(of('tomato', 'tomatoes'), [['tomatoes', 'tomato', 'plural']])
  assert.deepEqual(of('cherry', 'cherries'), [['cherries', 'cherry', 'plural']])
  assert.deepEqual(of('tomato', 'tomatoe'), [['tomatoe', 'tomato', 'spelling']])
  assert.deepEqual(of('cat', 'car', 'dog'), [])
  assert.deepEqual(of('class 1', 'class 2', 'room10', 'room11'), [])
})

test('imbalanceFindings() names small classes, the smallest first, and what is done about them', () => {
  const found = imbalanceFindings(['a', 'b', 'c', 'd'], [1000, 900, 150, 8])
  assert.deepEqual(
    found.map(({ label, severity }) => [label, severity]),
    [
      ['d', 'warning'],
      ['c', 'note'],
    ],
  )
  assert.match(found[1]!.suggestion, /"a" 1,000: .*--class-weights balanced/)
  assert.deepEqual(imbalanceFindings(['a', 'b'], [100, 60]), [])
})

test('isMisnamed() goes by the extension, and leaves names without one alone', () => {
  const file = (path: string) => ({ type: 'file', path }) as const
  assert.equal(isMisnamed(file('a/b.jpg'), 'PNG'), true)
  assert.equal(isMisnamed(file('a/b.JPEG'), 'JPEG'), false)
  assert.equal(isMisnamed(file('a/b'), 'PNG'), false)
})
