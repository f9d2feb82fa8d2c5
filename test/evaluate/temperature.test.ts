import assert from 'node:assert/strict'
import { test } from 'node:test'
import { argmax } from '../../src/evaluate/argmax.ts'
import { expectedCalibrationError, reliabilityBins } from '../../src/evaluate/calibration.ts'
import { fitTemperature, temper } from '../../src/evaluate/temperature.ts'
import { randomOf } from '../../src/util/random.ts'

/** Examples whose labels are drawn from softmax(logits), told to us as softmax(logits * sureness). */
function drawn(
  count: number,
  classes: number,
  sureness: number,
): { probabilities: Float32Array; labels: number[] } {
  const random = randomOf(11, 'temperature')
  const honest = Array.from({ length: count }, () => {
    const powers = Array.from({ length: classes }, () => Math.exp(2 * random.normal()))
    const sum = powers.reduce((a, b) => a + b, 0)
    return powers.map(power => power / sum)
  })
  const labels = honest.map(row => {
    let left = random.next()
    const found = row.findIndex(share => (left -= share) < 0)
    return found < 0 ? classes - 1 : found
  })
  return { probabilities: Float32Array.from(temper(honest.flat(), classes, 1 / sureness)), labels }
}

test('fitTemperature() finds by how much a classifier is too sure, and its calibration error falls', () => {
  for (const [classes, sureness] of [
    [2, 2.5],
    [5, 0.5],
  ] as const) {
    const predictions = drawn(4000, classes, sureness)
    const temperature = fitTemperature(predictions)
    assert.ok(Math.abs(Math.log(temperature / sureness)) < 0.1, `${temperature}, not ${sureness}`)
    const error = (probabilities: ArrayLike<number>): number =>
      expectedCalibrationError(reliabilityBins({ ...predictions, probabilities }))
    const after = error(temper(predictions.probabilities, classes, temperature))
    assert.ok(after < 0.025 && after < error(predictions.probabilities) / 2)
  }
})

test('temper() at 1 changes nothing, at any temperature no answer, and its inverse gives back the same', () => {
  const { probabilities } = drawn(200, 3, 1)
  const close = (a: ArrayLike<number>, b: ArrayLike<number>): void => {
    for (let i = 0; i < a.length; i++) assert.ok(Math.abs(a[i]! - b[i]!) < 1e-6)
  }
  close(temper(probabilities, 3, 1), probabilities)
  const hot = temper(probabilities, 3, 3)
  assert.deepEqual(argmax(hot, 3), argmax(probabilities, 3))
  close(temper(hot, 3, 1 / 3), probabilities)
  assert.throws(() => temper(probabilities, 3, 0), RangeError)
})

test('fitTemperature() asks for no boundless confidence where few examples are all right', () => {
  const probabilities = Array.from({ length: 30 }, (_, i) => (i % 2 ? [0.02, 0.98] : [0.98, 0.02])).flat()
  const labels = Array.from({ length: 30 }, (_, i) => i % 2)
  const sharpened = temper(probabilities, 2, fitTemperature({ probabilities, labels }))
  assert.ok(Math.abs(sharpened[0]! - 31 / 32) < 1e-4, String(sharpened[0]))
})
