/** Rates over a clock that is set by hand. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRate } from '../../../src/cli/terminal/rate.ts'
import { fakeClock } from './fake.ts'

test('createRate() finds a steady rate from the start, whatever the steps', () => {
  const clock = fakeClock()
  const rate = createRate(clock, 5)
  let done = 5
  for (const milliseconds of [200, 10, 0, 1000, 3, 30_000, 40]) {
    clock.advance(milliseconds)
    done += milliseconds / 4
    rate.update(done)
    assert.ok(Math.abs(rate.perSecond() - 250) < 1e-9, String(rate.perSecond()))
  }
  assert.ok(Math.abs(rate.secondsFor(500) - 2) < 1e-9)
})

test('createRate() follows a change within its memory of ten seconds', () => {
  const clock = fakeClock()
  const rate = createRate(clock)
  let done = 0
  const run = (seconds: number, perSecond: number): void => {
    for (let i = 0; i < seconds; i++) {
      clock.advance(1000)
      rate.update((done += perSecond))
    }
  }
  run(60, 100)
  run(10, 200)
  assert.ok(rate.perSecond() > 160 && rate.perSecond() < 170, String(rate.perSecond()))
  run(40, 200)
  assert.ok(rate.perSecond() > 198, String(rate.perSecond()))
})

test('createRate() knows nothing at first, nor the time left of work that stands still', () => {
  const clock = fakeClock()
  const rate = createRate(clock)
  clock.advance(100)
  rate.update(50)
  assert.equal(rate.perSecond(), Number.NaN)
  assert.equal(rate.secondsFor(50), Number.NaN)
  const idle = createRate(clock)
  clock.advance(5000)
  idle.update(0)
  assert.equal(idle.perSecond(), 0)
  assert.equal(idle.secondsFor(50), Number.NaN)
  assert.equal(idle.secondsFor(0), 0)
})
