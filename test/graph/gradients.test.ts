/** The gradient of every operator, every attribute branch, against central differences in float64. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withGradients } from '../../src/graph/gradients/index.ts'
import type { OpName } from '../../src/graph/ops.ts'
import { completeAttributes } from '../../src/graph/ops.ts'
import { ndarray } from '../../src/graph/reference/index.ts'
import type { Graph } from '../../src/graph/types.ts'
import { randomOf } from '../../src/util/random.ts'
import { type Case, concrete, trialOf } from './cases/case.ts'
import { everyOp } from './cases/index.ts'
import { checkGradients, type Feeds } from './gradient-check.ts'

/** A loss that weighs every element of the operator's first output by a number of its own. */
function lossOf<K extends OpName>(op: K, one: Case<K>): { graph: Graph; feeds: Feeds } {
  const { builder: g, feeds, outputs } = trialOf(op, one, 'float64')
  const { dtype, shape } = g.info(outputs[0]!)
  const random = randomOf(2, op, one.what)
  const weights = ndarray(concrete(shape))
  const weighed = g.add('Mul', [outputs[0]!, g.input('weights', dtype, shape)])
  g.add('ReduceSum', [weighed], { keepdims: 0 }, 'loss')
  return {
    graph: g.build(['loss']),
    feeds: { ...feeds, weights: { ...weights, data: weights.data.map(random.normal) } },
  }
}

const variablesOf = (one: Case<OpName>): string[] =>
  one.inputs.flatMap((input, index) => (input?.isVariable ? [`x${index}`] : []))

for (const [op, { gradient, cases, refused = [] }] of everyOp) {
  for (const one of cases) {
    if (gradient === 'flows')
      test(`the gradient of ${op} ${one.what} matches central differences`, () => {
        const { graph, feeds } = lossOf(op, one)
        checkGradients(graph, 'loss', variablesOf(one), feeds)
      })
  }

  for (const { message, ...one } of refused)
    test(`withGradients() refuses ${op} ${one.what}`, () => {
      const { graph } = lossOf(op, one)
      assert.throws(() => withGradients(graph, 'loss', ['x0']), { name: 'RangeError', message })
    })

  if (gradient === 'none')
    test(`withGradients() says that ${op} has no gradient`, () => {
      const { graph } = lossOf(op, cases[0]!)
      const message = `The operator ${op} of "y" has no gradient`
      assert.throws(() => withGradients(graph, 'loss', ['x0']), { name: 'RangeError', message })
    })

  if (gradient === 'stops')
    test(`nothing flows back through ${op}`, () => {
      const { builder: g, outputs } = trialOf(op, cases[0]!, 'float64')
      const number = g.add('Cast', [outputs[0]!], { to: 11 })
      g.add('ReduceSum', [number], { keepdims: 0 }, 'loss')
      const [variable] = variablesOf(cases[0]!)
      const message = variable ? /^No path leads from "x0"/ : /^Expected a float value .* bool "x0"$/
      assert.throws(() => withGradients(g.build(['loss']), 'loss', ['x0']), {
        name: 'RangeError',
        message,
      })
    })
}

test('every attribute of an operator with a gradient is tried at another value than its default', () => {
  for (const [op, { gradient, cases, refused = [] }] of everyOp) {
    if (gradient !== 'flows') continue
    for (const [name, value] of Object.entries(completeAttributes<OpName>(op))) {
      const others = [...cases, ...refused].map(
        one => (one.attributes as Record<string, unknown> | undefined)?.[name],
      )
      assert.ok(
        others.some(other => other !== undefined && String(other) !== String(value)),
        `${op} is never tried with another ${name} than ${value}`,
      )
    }
  }
})
