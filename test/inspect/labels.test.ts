import assert from 'node:assert/strict'
import { test } from 'node:test'
import { solveSymmetric } from '../../src/inspect/cholesky.ts'
import { checkLabels, probabilitiesOf } from '../../src/inspect/confident.ts'
import { labelFindings } from '../../src/inspect/label-findings.ts'
import { nearestOf, votesOf } from '../../src/inspect/neighbours.ts'
import { probeScores, standardised } from '../../src/inspect/probe.ts'
import { type Matrix, openProducts } from '../../src/inspect/products.ts'
import { median, robustScores } from '../../src/inspect/robust.ts'
import { randomOf } from '../../src/util/random.ts'

const matrix = (rows: readonly (readonly number[])[]): Matrix => ({
  rows: rows.length,
  columns: rows[0]!.length,
  data: Float32Array.from(rows.flat()),
})

test('solveSymmetric() solves, and refuses a matrix that is not positive definite', () => {
  const right = Float64Array.from([6, 1, 5, 2])
  solveSymmetric(Float64Array.from([4, 0, 2, 3]), 2, right, 2)
  // [[4, 2], [2, 3]] times the solution gives [[6, 1], [5, 2]].
  const [a, b, c, d] = right as unknown as [number, number, number, number]
  const back = [4 * a + 2 * c, 4 * b + 2 * d, 2 * a + 3 * c, 2 * b + 3 * d]
  back.forEach((value, at) => void assert.ok(Math.abs(value - [6, 1, 5, 2][at]!) < 1e-12))
  assert.throws(() => solveSymmetric(Float64Array.from([1, 0, 2, 1]), 2, new Float64Array(2), 1), RangeError)
})

test('openProducts() gives inner and outer products as plain sums do', async () => {
  const products = await openProducts(1)
  try {
    const [a, b] = [
      matrix([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      matrix([
        [1, 0],
        [0, 1],
        [2, 2],
      ]),
    ]
    assert.deepEqual([...(await products.inner(a, b)).data], [11, 13, 14, 16])
    assert.deepEqual([...(await products.outer(a, b)).data], [1, 2, 6, 3, 4, 14, 5, 6, 22])
  } finally {
    await products.close()
  }
})

test('checkLabels() finds what is confidently of another class, with thresholds by class', () => {
  // The mean confidences are 0.675 for class 0 and 0.7 for class 1: the last but one does not reach that of class 1.
  const probabilities = matrix([
    [0.9, 0.1],
    [0.9, 0.1],
    [0.2, 0.8],
    [0.1, 0.9],
    [0.4, 0.6],
    [0.3, 0.7],
  ])
  const labels = [0, 0, 0, 1, 0, 1]
  const { suspects, doubts, agreement } = checkLabels(probabilities, labels)
  assert.deepEqual(
    suspects.map(({ place, likely }) => [place, likely]),
    [[2, 1]],
  )
  assert.ok(Math.abs(doubts[2]! - 0.8) < 1e-6)
  assert.equal(agreement, 4 / 6)
})

test('probabilitiesOf() is sharper the better the scores fit the labels, and sums to 1', () => {
  const scores = matrix([
    [0.9, 0.1],
    [0.8, 0.2],
    [0.1, 0.9],
    [0.2, 0.8],
  ])
  const [right, random] = [probabilitiesOf(scores, [0, 0, 1, 1]), probabilitiesOf(scores, [0, 1, 1, 0])]
  assert.ok(right.data[0]! > 0.99)
  assert.ok(random.data[0]! < 0.8)
  for (const { data } of [right, random]) assert.ok(Math.abs(data[0]! + data[1]! - 1) < 1e-6)
})

/** Twelve examples. */
const few = (columns: number): Matrix => {
  const random = randomOf(3, 'few', columns)
  return standardised(
    matrix(Array.from({ length: 12 }, () => Array.from({ length: columns }, () => random.normal()))),
  )
}

/** Ridge regression with an intercept on the rows but some, by plain elimination of the same normal equations. */
function refitted(
  x: Matrix,
  targets: readonly number[],
  without: readonly number[],
  lambda: number,
): number[] {
  const kept = targets.map((_, at) => at).filter(at => !without.includes(at))
  const size = x.columns + 1
  const cell = (row: number, i: number): number => (i === x.columns ? 1 : x.data[row * x.columns + i]!)
  const gram = Float64Array.from({ length: size * size }, (_, at) => {
    const [i, j] = [Math.floor(at / size), at % size]
    const ridge = i === j ? (i === x.columns ? 1e-9 : lambda) : 0
    return kept.reduce((sum, row) => sum + cell(row, i) * cell(row, j), ridge)
  })
  const weights = Float64Array.from({ length: size }, (_, i) =>
    kept.reduce((sum, row) => sum + cell(row, i) * targets[row]!, 0),
  )
  solveSymmetric(gram, size, weights, 1)
  return without.map(row => weights.reduce((sum, weight, i) => sum + weight * cell(row, i), 0))
}

for (const { columns, form } of [
  { columns: 4, form: 'features' },
  { columns: 40, form: 'examples' },
]) {
  test(`probeScores() is what fits without the example and its copies say, by the system of the ${form}`, async () => {
    const x = few(columns)
    const labels = [0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0]
    const groups = [
      [0, 3],
      [5, 6, 9],
    ]
    const products = await openProducts(1)
    try {
      const { data } = await probeScores(x, labels, 2, groups, products)
      // Standardised features have N D squares in all; the smaller system has min(N, D) eigenvalues.
      const lambda = (12 * columns) / Math.min(12, columns)
      for (const left of [...groups, [1], [11]]) {
        const said = refitted(x, labels, left, lambda)
        left.forEach((place, at) => {
          assert.ok(
            Math.abs(data[place * 2 + 1]! - said[at]!) < 1e-3,
            `${data[place * 2 + 1]} is not ${said[at]}`,
          )
          assert.ok(Math.abs(data[place * 2]! + data[place * 2 + 1]! - 1) < 1e-5)
        })
      }
    } finally {
      await products.close()
    }
  })
}

test('probeScores() is finite where all are copies of one picture', async () => {
  const products = await openProducts(1)
  try {
    const same = standardised(matrix(Array.from({ length: 4 }, () => [1, 2])))
    const { data } = await probeScores(same, [0, 1, 1, 1], 2, [[0, 1, 2, 3]], products)
    for (const score of data) assert.ok(Number.isFinite(score))
  } finally {
    await products.close()
  }
})

test('nearestOf() gives the nearest others in order, and votesOf() asks none of the copies', async () => {
  const products = await openProducts(1)
  try {
    const angles = [0, 1, 3, 90, 95, 50]
    const rays = angles
      .map(angle => (angle * Math.PI) / 180)
      .map(angle => [5 * Math.cos(angle), 5 * Math.sin(angle)])
    const nearest = await nearestOf(matrix(rays), 2, products, randomOf(1, 'test'))
    assert.deepEqual([...nearest.places], [1, 2, 0, 2, 1, 0, 4, 5, 3, 5, 3, 4])
    assert.ok(Math.abs(nearest.cosines[0]! - Math.cos(Math.PI / 180)) < 1e-6)
    const votes = votesOf(nearest, [0, 1, 0, 1, 1, 0], 2, [[0, 1]])
    assert.deepEqual([...votes.data.subarray(0, 4)], [1, 0, 1, 0])
    assert.deepEqual([...votes.data.subarray(4, 6)], [0.5, 0.5])
  } finally {
    await products.close()
  }
})

test('nearestOf() leaves places empty where there are too few others, and votesOf() then says nothing', async () => {
  const products = await openProducts(1)
  try {
    const nearest = await nearestOf(
      matrix([
        [1, 0],
        [0, 1],
      ]),
      3,
      products,
      randomOf(1, 'test'),
    )
    assert.deepEqual([...nearest.places], [1, -1, -1, 0, -1, -1])
    assert.deepEqual([...votesOf(nearest, [0, 1], 2, [[0, 1]]).data], [0, 0, 0, 0])
  } finally {
    await products.close()
  }
})

for (const { count, columns } of [
  { count: 60, columns: 80 },
  { count: 300, columns: 20 },
]) {
  test(`labelFindings() ranks swapped labels first and finds the odd one out, ${count} examples of ${columns} features`, async () => {
    const random = randomOf(7, 'features', count)
    const swapped = new Set([3, 20, 41])
    const odd = count - 1
    const rows = Array.from({ length: count }, (_, at) =>
      Array.from({ length: columns }, (_, column) => {
        if (at === odd) return column === columns - 1 ? 40 : 0
        return random.normal() + (column < 10 ? (at % 2 === 0 ? 2 : -2) : 0)
      }),
    )
    const examples = rows.map((_, at) => {
      const label = swapped.has(at) ? (at + 1) % 2 : at % 2
      return { id: String(at), label, split: null }
    })
    const report = await labelFindings(matrix(rows), examples, {
      classNames: ['ant', 'bee'],
      groups: [],
      seed: 1,
      threads: 1,
    })
    // The odd one is neither, so its label may well be doubted too.
    const wrong = report.findings
      .filter(({ finding, id }) => finding === 'wrong-label' && id !== String(odd))
      .slice(0, 3)
    assert.deepEqual(new Set(wrong.map(({ id }) => Number(id))), swapped)
    for (const { id, label, related } of wrong) {
      assert.deepEqual([label, related], Number(id) % 2 === 0 ? ['bee', 'ant'] : ['ant', 'bee'])
    }
    assert.equal(report.findings.find(({ finding }) => finding === 'outlier')?.id, String(odd))
    assert.ok(report.agreement! > 0.9)
  })
}

test('robustScores() measures from the median, whatever one value is', () => {
  assert.deepEqual([median([3, 1, 2]), median([4, 1, 2, 3])], [2, 2.5])
  const scores = robustScores([1, 2, 3, 4, 1000])
  assert.ok(Math.abs(scores[3]! - 0.6745) < 1e-9)
  assert.ok(scores[4]! > 600)
  assert.deepEqual(robustScores([5, 5, 5, 9]), [0, 0, 0, 0])
})
