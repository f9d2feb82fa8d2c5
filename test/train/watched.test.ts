/** Which validation examples are watched, and what is told of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchedExamples, watchedPlaces } from '../../src/train/watched.ts'

test('watchedPlaces() picks 24 different places by the seed, all of a smaller set', () => {
  const places = watchedPlaces(100, 7)
  assert.equal(new Set(places).size, 24)
  assert.ok(places.every(place => place >= 0 && place < 100))
  assert.deepEqual(watchedPlaces(100, 7), places)
  assert.notDeepEqual(watchedPlaces(100, 8), places)
  assert.deepEqual(
    watchedPlaces(5, 7).sort((a, b) => a - b),
    [0, 1, 2, 3, 4],
  )
})

test('watchedExamples() says what each is taken for, and how likely that and the truth are', () => {
  const probabilities = Float32Array.of(0.2, 0.5, 0.3, 0.9, 0.05, 0.05)
  assert.deepEqual(watchedExamples([1, 0], probabilities, [2, 0], ['a', 'b']), [
    { id: 'b', label: 0, predicted: 0, score: 0.9, labelScore: 0.9 },
    { id: 'a', label: 2, predicted: 1, score: 0.5, labelScore: 0.3 },
  ])
})
