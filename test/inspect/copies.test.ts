import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cosineTransform } from '../../src/inspect/cosine.ts'
import { duplicateFindings, duplicateNotes } from '../../src/inspect/duplicates.ts'
import { duplicateGroups } from '../../src/inspect/groups.ts'
import { nearDuplicates } from '../../src/inspect/near-duplicates.ts'
import type { Inspected } from '../../src/inspect/types.ts'
import { hills, looksOfPictures, painted, size } from './made-looks.ts'

const last = size - 1
const pairsOf = (pictures: readonly Uint8Array[]): string[] =>
  nearDuplicates(looksOfPictures(pictures), [...pictures.keys()]).map(({ a, b }) => `${a}-${b}`)

test('nearDuplicates() finds a picture mirrored, upside down, both, and a little lighter', () => {
  const level = hills(1)
  const original = painted(level)
  const copies = [
    painted((x, y) => level(last - x, y)),
    painted((x, y) => level(x, last - y)),
    painted((x, y) => level(last - x, last - y)),
    painted((x, y) => level(x, y) + 3),
  ]
  for (const copy of copies) assert.deepEqual(pairsOf([original, copy]), ['0-1'])
})

test('nearDuplicates() finds no pair among different pictures, other colours, and pictures without contrast', () => {
  assert.deepEqual(pairsOf(Array.from({ length: 60 }, (_, seed) => painted(hills(seed)))), [])
  const level = hills(1)
  assert.deepEqual(
    pairsOf([painted(level), painted((x, y, channel) => level(x, y) + (channel === 0 ? 40 : -10))]),
    [],
  )
  assert.deepEqual(pairsOf([painted(() => 100), painted(() => 100)]), [])
})

test('cosineTransform() keeps lengths, and a mirrored picture has the same coefficients up to their signs', () => {
  const square = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 64, maxLength: 64 })
  fc.assert(
    fc.property(square, values => {
      const picture = Float32Array.from(values)
      const mirrored = picture.map((_, at) => picture[at - (at % 8) + 7 - (at % 8)]!)
      const [a, b] = [cosineTransform(picture, 8), cosineTransform(mirrored, 8)]
      assert.ok(Math.abs(Math.hypot(...a) - Math.hypot(...picture)) < 1e-4)
      a.forEach((value, at) => void assert.ok(Math.abs(Math.abs(value) - Math.abs(b[at]!)) < 1e-4))
    }),
  )
})

test('duplicateGroups() joins exact copies by their keys and near ones by their looks', () => {
  const level = hills(1)
  const pictures = [painted(level), painted(hills(2)), painted(level), painted((x, y) => level(last - x, y))]
  const groups = duplicateGroups(['a', 'b', 'a', 'c'], looksOfPictures(pictures))
  assert.deepEqual(
    groups.map(({ members }) => members),
    [[0, 2, 3]],
  )
  assert.deepEqual(
    duplicateGroups(['a', 'b', 'a', 'c'], null).map(({ members }) => members),
    [[0, 2]],
  )
})

const example = (id: string, label: number, split: Inspected['split'] = null): Inspected => ({
  id,
  label,
  split,
})

test('duplicateFindings() excludes the copy in training, keeps one of a group, and lets a person judge two labels', () => {
  const found = (examples: readonly Inspected[]): string[] => {
    const group = { members: [...examples.keys()], pairs: [] }
    const keys = examples.map(() => 'same')
    return duplicateFindings([group], examples, keys, ['ant', 'bee']).map(
      ({ id, finding, related, action }) => `${id} ${finding} ${related} ${action}`,
    )
  }
  assert.deepEqual(found([example('1', 0), example('2', 0)]), ['2 exact-duplicate 1 exclude'])
  assert.deepEqual(found([example('1', 0), example('2', 1)]), ['2 conflicting-labels 1 review'])
  assert.deepEqual(found([example('1', 0, 'train'), example('2', 0, 'test')]), ['1 leakage 2 exclude'])
  assert.deepEqual(found([example('1', 0, 'validation'), example('2', 1, 'test')]), [
    '1 conflicting-labels 2 review',
    '1 leakage 2 exclude',
  ])
})

test('duplicateNotes() counts copies, contradictions and leaks', () => {
  const examples = [example('1', 0, 'train'), example('2', 1, 'test'), example('3', 0, 'train')]
  assert.deepEqual(duplicateNotes([{ members: [0, 1, 2], pairs: [] }], examples), [
    '2 pictures are copies of others',
    '1 picture is there under different labels',
    '1 picture is in more than one split, so the figures flatter',
  ])
  assert.deepEqual(duplicateNotes([], examples), [])
})
