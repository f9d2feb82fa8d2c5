/** The reference interpreter, and the shape rules, against ONNX Runtime and the examples of the ONNX standard. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isGraftOp, type OpName } from '../../src/graph/ops.ts'
import { interpret, ndarray } from '../../src/graph/reference/index.ts'
import { numbersOf } from '../../src/graph/tensor.ts'
import { type Case, concrete, trialOf } from './cases/case.ts'
import { everyOp } from './cases/index.ts'
import { standardExamples } from './cases/standard.ts'
import { assertClose, runOnEngine } from './engine.ts'

async function compareWithEngine<K extends OpName>(op: K, one: Case<K>): Promise<void> {
  const { graph, feeds } = trialOf(op, one, 'float32')
  const engine = await runOnEngine(graph, feeds)
  const reference = interpret(graph, feeds)
  for (const { name, dtype, shape } of graph.outputs) {
    const found = engine[name]!
    assert.equal(found.dtype, dtype, `dtype of ${name}`)
    assert.deepEqual(found.shape, concrete(shape), `inferred shape of ${name}`)
    assert.deepEqual(reference[name]!.shape, found.shape, `shape of ${name}`)
    assertClose(numbersOf(found), reference[name]!.data, name)
  }
}

/** No interpreter for Resize: the bundle's own tests compare it with Pillow. */
const withoutReference = new Set<OpName>(['Resize'])

for (const [op, { cases, refused = [] }] of everyOp) {
  if (isGraftOp(op) || withoutReference.has(op)) continue
  for (const one of [...cases, ...refused])
    test(`interpret() and the shape of ${op} ${one.what} agree with ONNX Runtime`, () =>
      compareWithEngine(op, one))
}

for (const { source, run, expected } of standardExamples)
  test(`interpret() gives the result of ${source} in the ONNX standard`, () => {
    const { graph, feeds } = run()
    const { y } = interpret(graph, feeds)
    assert.deepEqual(y!.shape, expected.shape)
    assertClose(y!.data, expected.numbers, 'y')
  })

test('interpret() names the input that is missing', () => {
  const { graph } = trialOf('Neg', everyCase('Neg'), 'float64')
  assert.throws(() => interpret(graph, {}), {
    name: 'RangeError',
    message: 'Expected a value for the input "x0". Received: none',
  })
})

test('interpret() refuses an input of another shape', () => {
  const { graph } = trialOf('Neg', everyCase('Neg'), 'float64')
  assert.throws(() => interpret(graph, { x0: ndarray([2, 5]) }), {
    name: 'RangeError',
    message: 'Expected [N,6] for the input "x0". Received: [2,5]',
  })
})

function everyCase<K extends OpName>(op: K): Case<K> {
  return everyOp.find(([name]) => name === op)![1].cases[0]!
}
