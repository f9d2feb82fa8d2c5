/** Optimizers give what Keras gives, and the compiled kernel the bits of the plain one. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { accumulate, accumulatorOver } from '../../src/graph/optimizers/accumulate.ts'
import { flatParameters } from '../../src/graph/optimizers/flat.ts'
import { type OptimizerOptions, optimizerFor } from '../../src/graph/optimizers/index.ts'
import {
  add,
  compileKernel,
  div,
  mul,
  operands,
  plainKernel,
  sqrt,
  sub,
} from '../../src/graph/optimizers/kernel.ts'
import { tensorOf, zeros } from '../../src/graph/tensor.ts'
import { randomOf } from '../../src/util/random.ts'

interface KerasRun {
  readonly options: Readonly<Record<string, number>>
  readonly parametersAfterEachStep: readonly (readonly number[])[]
}
interface Fixture extends Readonly<Record<string, unknown>> {
  readonly initial: readonly number[]
  readonly gradients: readonly (readonly number[])[]
}
const file = new URL('../../../test/fixtures/keras/optimizers.json', import.meta.url)
const keras = JSON.parse(readFileSync(file, 'utf8')) as Fixture
/** Keras computes in float32 with a few operations in another order. */
const float32Rounding = 2e-6

function optionsOf(name: string, options: KerasRun['options']): OptimizerOptions {
  const { beta_1: beta1, beta_2: beta2, epsilon, weight_decay: weightDecay, momentum } = options
  if (name.startsWith('sgd')) return { type: 'sgd', momentum: momentum! }
  const moments = { beta1: beta1!, beta2: beta2!, epsilon: epsilon! }
  return name === 'adamW'
    ? { type: 'adamw', ...moments, weightDecay: weightDecay! }
    : { type: 'adam', ...moments }
}

for (const name of ['adam', 'adamLargeEpsilon', 'adamW', 'sgd', 'sgdMomentum']) {
  test(`optimizerFor() moves parameters as Keras does: ${name}`, () => {
    const run = keras[name] as KerasRun
    // As a matrix, so that weight decay applies.
    const start = tensorOf('float32', [2, 4], keras.initial)
    const optimizer = optimizerFor(new Map([['kernel', start]]), optionsOf(name, run.options))
    const values = optimizer.flat.parameters.get('kernel')!.data as Float32Array
    keras.gradients.forEach((gradient, index) => {
      ;(optimizer.flat.gradients.get('kernel')!.data as Float32Array).set(gradient)
      optimizer.update(index + 1, run.options['learning_rate']!)
      run.parametersAfterEachStep[index]!.forEach((expected, at) => {
        assert.ok(
          Math.abs(values[at]! - expected) < float32Rounding,
          `step ${index + 1}, ${at}: ${values[at]}, ${expected}`,
        )
      })
    })
  })
}

test('compileKernel() gives the bits of plainKernel()', () => {
  const random = randomOf(1, 'kernel')
  const { arrays, scalars } = operands(3, 2)
  const [a, b, c] = arrays as [never, never, never]
  const [s, t] = scalars as [never, never]
  const source = {
    arrays: 3,
    scalars: 2,
    assignments: [
      { array: 2, value: add(mul(a, s), sub(sqrt(mul(b, b)), t)) },
      { array: 0, value: div(c, add(a, t)) },
    ],
  }
  const [compiled, plain] = [compileKernel, plainKernel].map(make => {
    const values = Array.from({ length: 24 }, (_, index) => randomOf(index, 'value').normal())
    const flat = flatParameters(new Map([['x', tensorOf('float32', [24], values)]]), 2)
    flat.moments[0]!.set(values.map(value => value * 3))
    make(source, flat.memory)(
      flat.regions.filter((_, region) => region !== 1),
      24,
      [random.next() * 0 + 0.3, 1.7],
    )
    return Buffer.from(flat.memory.buffer)
  })
  assert.deepEqual(compiled, plain)
})

test('gradients are added up in the memory as JavaScript adds them, to the bit, at any length', () => {
  const random = randomOf(2, 'accumulate')
  for (const length of [1, 4, 6, 16384, 20003]) {
    const flat = flatParameters(new Map([['x', zeros('float32', [length])]]), 0)
    const numbers = (): Float32Array => Float32Array.from({ length }, () => random.normal())
    const sum = flat.gradients.get('x')!.data as Float32Array
    const [expected, piece] = [numbers(), numbers()]
    sum.set(expected)
    accumulate(expected, 0.3, piece, 0.7)
    accumulatorOver(flat)(sum, 0.3, piece, 0.7)
    assert.deepEqual(sum, expected)
    const outside = piece.slice()
    accumulatorOver(flat)(outside, 1, piece, 1)
    assert.deepEqual(
      outside,
      piece.map(value => value + value),
    )
  }
})

test('adamw decays kernels and leaves biases', () => {
  const parameters = new Map([
    ['kernel', tensorOf('float32', [1, 1], [1])],
    ['bias', tensorOf('float32', [1], [1])],
  ])
  const optimizer = optimizerFor(parameters, { type: 'adamw', weightDecay: 0.1 })
  optimizer.update(1, 0.5)
  assert.equal(optimizer.flat.parameters.get('kernel')!.data[0], Math.fround(0.95))
  assert.equal(optimizer.flat.parameters.get('bias')!.data[0], 1)
})
