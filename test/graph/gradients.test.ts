/** The gradient of every operator, every attribute branch, against central differences in float64. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withGradients } from '../../src/graph/gradients/index.ts'
import type { OpName } from '../../src/graph/ops.ts'
import { completeAttributes } from '../../src/graph/ops.ts'
import { trialOf } from './cases/case.ts'
import { everyOp } from './cases/index.ts'
import { lossOf, variablesOf } from './cases/loss.ts'
import { checkGradients } from './gradient-check.ts'

for (const [op, { gradient, cases, refused = [] }] of everyOp) {
  for (const one of cases) {
    if (gradient === 'flows')
      test(`the gradient of ${op} ${one.what} matches central differences`, () => {
        const { graph, feeds, variables } = lossOf(op, one, 'float64')
        checkGradients(graph, 'loss', variables, feeds)
      })
  }

  for (const { message, ...one } of refused)
    test(`withGradients() refuses ${op} ${one.what}`, () => {
      const { graph } = lossOf(op, one, 'float64')
      assert.throws(() => withGradients(graph, 'loss', ['x0']), { name: 'RangeError', message })
    })

  if (gradient === 'none')
    test(`withGradients() says that ${op} has no gradient`, () => {
      const { graph } = lossOf(op, cases[0]!, 'float64')
      const message = `The operator ${op} of "y" has no gradient`
      assert.throws(() => withGradients(graph, 'loss', ['x0']), { name: 'RangeError', message })
    })

  if (gradient === 'stops')
    test(`nothing flows back through ${op}`, () => {
      const { builder: g, outputs } = trialOf(op, cases[0]!, 'float64')
      const number = g.add('Cast', [outputs[0]!], { to: 11 })
      g.add('ReduceSum', [number], { keepdims: 0 }, 'loss')
      const [variable] = variablesOf(cases[0]!)
      const message = variable ? /^No path leads from "x0"/ : /^Expected a float value .* (bool|int8) "x0"$/
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
