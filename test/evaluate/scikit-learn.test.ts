/** Every figure as scikit-learn and SciPy give it; scripts/parity/evaluate.py wrote the fixture. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { column } from '../../src/evaluate/argmax.ts'
import { type Evaluation, evaluatePredictions } from '../../src/evaluate/evaluation.ts'
import { wilsonInterval } from '../../src/evaluate/interval.ts'
import { mcnemar } from '../../src/evaluate/mcnemar.ts'
import { precisionRecallCurve } from '../../src/evaluate/precision-recall.ts'
import { rocCurve } from '../../src/evaluate/roc.ts'

interface Case {
  readonly name: string
  readonly dtype: 'float32' | 'float64'
  readonly classes: number
  readonly labels: readonly number[]
  readonly probabilities: readonly number[]
  readonly precision: readonly number[]
  readonly recall: readonly number[]
  readonly f1: readonly number[]
  readonly support: readonly number[]
  readonly confusion: readonly (readonly number[])[]
  readonly reliability: Readonly<Record<'count' | 'accuracy' | 'confidence', readonly number[]>>
  readonly roc?: Readonly<Record<'falsePositiveRate' | 'truePositiveRate' | 'thresholds', readonly number[]>>
  readonly precisionRecall?: Readonly<Record<'precision' | 'recall', readonly number[]>>
}

interface Fixture {
  readonly cases: readonly (Case & Readonly<Partial<Record<keyof Evaluation, number>>>)[]
  readonly wilson: readonly { successes: number; trials: number; low: number; high: number }[]
  readonly mcnemar: readonly { onlyFirst: number; onlySecond: number; pValue: number }[]
}

const fixture: Fixture = JSON.parse(readFileSync('test/evaluate/fixtures/scikit-learn.json', 'utf8'))

/** Sums in another order: a few ulps; in float32, NumPy also rounds its logarithms to 24 bits. */
const tolerance = { float64: 1e-12, float32: 1e-6 } as const

function close(actual: number, expected: number, within: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= within * Math.max(1, Math.abs(expected)),
    `${what}: ${actual}, not ${expected}`,
  )
}

function allClose(actual: readonly number[], expected: readonly number[], what: string): void {
  assert.equal(actual.length, expected.length, what)
  for (const [i, value] of expected.entries()) close(actual[i]!, value, tolerance.float64, `${what}[${i}]`)
}

for (const expected of fixture.cases) {
  const Typed = expected.dtype === 'float32' ? Float32Array : Float64Array
  const predictions = {
    probabilities: Typed.from(expected.probabilities),
    labels: Int32Array.from(expected.labels),
  }
  const evaluation = evaluatePredictions(predictions)

  test(`evaluatePredictions() agrees with scikit-learn on ${expected.name}`, () => {
    const figures = [
      'accuracy',
      'macroF1',
      'weightedF1',
      'balancedAccuracy',
      'matthews',
      'calibrationError',
    ] as const
    for (const figure of figures) close(evaluation[figure], expected[figure]!, tolerance.float64, figure)
    close(evaluation.loss, expected.loss!, tolerance[expected.dtype], 'loss')
    for (const figure of ['precision', 'recall', 'f1', 'support'] as const)
      allClose(
        evaluation.perClass.map(one => one[figure]),
        expected[figure],
        figure,
      )
    assert.deepEqual(evaluation.confusion, expected.confusion)
  })

  test(`reliabilityBins() agree with scikit-learn's calibration_curve on ${expected.name}`, () => {
    const filled = evaluation.reliability.filter(({ count }) => count > 0)
    for (const figure of ['count', 'accuracy', 'confidence'] as const)
      allClose(
        filled.map(bin => bin[figure]),
        expected.reliability[figure],
        figure,
      )
  })

  if (expected.roc === undefined || expected.precisionRecall === undefined) continue
  const { roc, precisionRecall } = expected

  test(`rocCurve() and precisionRecallCurve() agree with scikit-learn on ${expected.name}`, () => {
    const scores = column(predictions.probabilities, 2, 1)
    const curve = rocCurve(predictions.labels, scores)
    allClose(curve.falsePositiveRate, roc.falsePositiveRate, 'false positive rate')
    allClose(curve.truePositiveRate, roc.truePositiveRate, 'true positive rate')
    allClose(curve.thresholds.slice(1), roc.thresholds, 'thresholds')
    close(evaluation.rocAuc!, expected.rocAuc!, tolerance.float64, 'area')
    const { precision, recall } = precisionRecallCurve(predictions.labels, scores)
    allClose(precision, precisionRecall.precision, 'precision')
    allClose(recall, precisionRecall.recall, 'recall')
    close(evaluation.averagePrecision!, expected.averagePrecision!, tolerance.float64, 'average precision')
  })
}

test('wilsonInterval() agrees with SciPy', () => {
  for (const { successes, trials, low, high } of fixture.wilson) {
    const interval = wilsonInterval(successes, trials)
    close(interval.low, low, tolerance.float64, `low of ${successes}/${trials}`)
    close(interval.high, high, tolerance.float64, `high of ${successes}/${trials}`)
  }
})

test('mcnemar() agrees with the exact binomial test of SciPy', () => {
  for (const { onlyFirst, onlySecond, pValue } of fixture.mcnemar) {
    const labels = new Uint8Array(onlyFirst + onlySecond + 3)
    const first = labels.map((_, i) => (i < onlyFirst ? 0 : 1))
    const second = labels.map((_, i) => (i >= onlyFirst && i < onlyFirst + onlySecond ? 0 : 1))
    const result = mcnemar(labels, first, second)
    assert.deepEqual([result.onlyFirst, result.onlySecond], [onlyFirst, onlySecond])
    close(result.pValue, pValue, 1e-10, `p of ${onlyFirst} against ${onlySecond}`)
  }
})
