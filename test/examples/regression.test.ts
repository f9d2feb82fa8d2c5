/** The example of the graph engine learns what it is meant to. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { regression } from '../../examples/regression.ts'

/** The points scatter by 0.05 around the sine; 64 of them draw it a few times more exactly than that. */
const scatter = 0.05

test('regression() draws a sine through noisy points, the same for the same seed', async () => {
  const lines: string[] = []
  const { x, curve } = await regression(1, line => lines.push(line))
  const squares = x.map((at, i) => (curve[i]! - Math.sin(at)) ** 2)
  const error = Math.sqrt(squares.reduce((sum, square) => sum + square) / x.length)
  assert.ok(error < scatter, `the curve is ${error} from the sine`)
  const losses = lines.map(line => Number(/^step \d+: loss ([\d.]+)$/.exec(line)![1]))
  assert.deepEqual(
    losses,
    losses.toSorted((a, b) => b - a),
  )
  assert.ok(losses.at(-1)! < scatter ** 2 * 1.5, `last loss ${losses.at(-1)}`)
  assert.deepEqual((await regression(1, () => {})).curve, curve)
})
