/** What a dashboard makes of a run's live lines: curve, speed and watched images. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type PredictionsLine,
  type ProgressLine,
  parseLive,
} from '../../../src/serve/dashboard/live-schema.ts'
import { lossCurve } from '../../../src/serve/dashboard/loss-curve.ts'
import { pace } from '../../../src/serve/dashboard/pace.ts'
import { watchedStory } from '../../../src/serve/dashboard/watched-view.ts'
import { classNames, predictions, progress } from './made-run.ts'

const step = (at: number, epoch: number, done: number, loss?: number): ProgressLine =>
  progress(at, epoch, done, loss) as ProgressLine

test('lossCurve() gives the mean over the examples between two lines, from means over the epoch', () => {
  const curve = lossCurve()
  curve.take(step(0, 1, 50, 1))
  curve.take(step(1, 1, 100, 0.75))
  curve.take(step(2, 2, 25, 0.4))
  assert.deepEqual(curve.points(), [
    { at: 0.5, loss: 1 },
    { at: 1, loss: 0.5 },
    { at: 1.25, loss: 0.4 },
  ])
})

test('lossCurve() lets a resumed run say again what its checkpoint did not hold', () => {
  const curve = lossCurve()
  for (const [epoch, done] of [
    [1, 100],
    [2, 50],
    [2, 100],
    [2, 50],
  ] as const)
    curve.take(step(0, epoch, done, epoch))
  assert.deepEqual(
    curve.points().map(({ at }) => at),
    [1, 1.5],
  )
})

test('lossCurve() keeps its points bounded, and their mean', () => {
  const curve = lossCurve()
  for (let epoch = 1; epoch <= 5000; epoch++) curve.take(step(0, epoch, 100, epoch % 2))
  const points = curve.points()
  assert.ok(points.length >= 300 && points.length < 600, `${points.length}`)
  assert.equal(points.at(-1)!.at, 5000)
  assert.ok(points.slice(0, 100).every(({ loss }) => Math.abs(loss - 0.5) < 0.01))
})

test('pace() gives examples a second over the last ten, and the time to the last epoch', () => {
  const run = pace()
  assert.equal(run.activity(), null)
  run.take(step(0, 1, 0))
  assert.equal(run.activity()!.rate, null)
  run.take(step(1000, 1, 90))
  run.take(step(20_000, 1, 100))
  run.take(step(22_000, 2, 20))
  const { rate, secondsLeft } = run.activity()!
  assert.equal(rate, 10)
  assert.equal(secondsLeft, 28)
})

test('pace() begins anew with another stage, and after a resumed start', () => {
  const run = pace()
  run.take(step(0, 1, 50))
  run.take({ ...step(1000, 1, 10), stage: 'features', epoch: null })
  assert.equal(run.activity()!.rate, null)
  assert.equal(run.activity()!.secondsLeft, null)
  run.restart()
  assert.equal(run.activity(), null)
})

test('watchedStory() tells truth from answer, what changed, and how it came about', () => {
  const story = watchedStory()
  assert.equal(story.view(classNames, 6), null)
  for (const [epoch, answers] of [
    [1, [1, 1]],
    [2, [0, 1]],
    [3, [0, 1]],
    [2, [0, 0]],
  ] as const)
    story.take(predictions(0, epoch, answers) as PredictionsLine)
  const view = story.view(classNames, 6)!
  assert.equal(view.epoch, 2)
  const [first, second] = view.examples
  assert.deepEqual(
    [first!.label, first!.predicted, first!.before, first!.history],
    ['cold', 'cold', '<b>warm</b>', [0.2, 0.8]],
  )
  assert.deepEqual([second!.label, second!.predicted, second!.history], ['<b>warm</b>', 'cold', [0.8, 0.2]])
})

test('parseLive() skips what is cut off, of another version, or out of range', () => {
  const whole = JSON.stringify(progress(1, 1, 2))
  assert.equal(parseLive(whole)?.event, 'progress')
  const end = '{"at":1,"event":"end","how":"vanished","message":null}'
  for (const line of [
    '',
    whole.slice(0, -5),
    '{"at":1,"event":"new"}',
    end,
    whole.replace('"done":2', '"done":-2'),
  ])
    assert.equal(parseLive(line), null, line)
})
