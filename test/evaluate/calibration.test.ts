/** Which bin a confidence falls in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectedCalibrationError, reliabilityBins } from '../../src/evaluate/calibration.ts'

test('reliabilityBins() put the edges 0 and 1, and a float32 just above 1, into the outer bins', () => {
  const bins = reliabilityBins({ probabilities: [1, 0, 1 + 2 ** -23, 0], labels: [0, 1] }, 10)
  assert.deepEqual(
    bins.map(({ count }) => count),
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
  )
  assert.ok(Math.abs(expectedCalibrationError(bins) - 0.5) < 1e-6)
})
