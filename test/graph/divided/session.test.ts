/** A step divided among threads gives what one session gives. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { graphBuilder } from '../../../src/graph/builder.ts'
import { openDividedSession, sharesOf } from '../../../src/graph/divided/session.ts'
import { withGradients } from '../../../src/graph/gradients/index.ts'
import { lower } from '../../../src/graph/lowering/index.ts'
import { openSession, type Tensors } from '../../../src/graph/session.ts'
import { numbersOf, tensorOf, zeros } from '../../../src/graph/tensor.ts'
import type { Graph } from '../../../src/graph/types.ts'
import { randomOf } from '../../../src/util/random.ts'
import { smallNetwork } from '../small-network.ts'

const { graph: network, loss, parameters } = smallNetwork('given', 'float32')
const outputs = [loss, 'logits'].map(name => network.values.get(name)!)
const step = lower(withGradients({ ...network, outputs }, loss, parameters))

function feedsFor({ inputs }: Graph, rows: number): Tensors {
  const made = inputs.map(({ name, shape }) => {
    const sizes = shape.map(dim => (typeof dim === 'string' ? rows : dim))
    const random = randomOf(7, name)
    const number = (): number => (/gamma|variance/.test(name) ? 0.5 + random.next() : random.normal())
    const count = sizes.reduce((product, dim) => product * dim, 1)
    return [name, tensorOf('float32', sizes, Array.from({ length: count }, number))] as const
  })
  return Object.fromEntries(made)
}

for (const rows of [8, 7, 1])
  test(`openDividedSession() gives one session's loss, logits and gradients for ${rows} rows on 3 threads`, async () => {
    const whole = await openSession(step)
    const divided = openDividedSession(step, { parts: 3 })
    const feeds = feedsFor(step, rows)
    const [expected, found] = [await whole.run(feeds), await divided.run(feeds)]
    assert.deepEqual(divided.outputNames, whole.outputNames)
    for (const name of whole.outputNames) {
      assert.deepEqual(found[name]!.shape, expected[name]!.shape, name)
      const other = numbersOf(found[name]!)
      for (const [at, value] of numbersOf(expected[name]!).entries())
        assert.ok(Math.abs(other[at]! - value) < 1e-5 * Math.max(1, Math.abs(value)), `${name}[${at}]`)
    }
    await Promise.all([whole.close(), divided.close()])
  })

test('a divided session takes the feeds at once, writes where it is told, and repeats its bits', async () => {
  const divided = openDividedSession(step, { parts: 2 })
  const feeds = feedsFor(step, 6)
  const name = step.outputs.find(output => output.name.includes('dense/kernel'))!.name
  const place = zeros('float32', step.values.get(name)!.shape as number[])
  const pending = divided.run(feeds, { [name]: place })
  for (const { data } of Object.values(feeds)) (data as Float32Array).fill(0)
  const first = await pending
  assert.equal(first[name], place)
  assert.ok(numbersOf(place).some(value => value !== 0))
  assert.deepEqual(await divided.run(feedsFor(step, 6)), first)
  await divided.close()
})

test('sharesOf() divides rows evenly and gives nobody none', () => {
  assert.deepEqual(
    sharesOf(7, 3).map(({ start, rows }) => [start, rows]),
    [
      [0, 3],
      [3, 2],
      [5, 2],
    ],
  )
  assert.equal(sharesOf(2, 5).length, 2)
})

test('a divided session tells what its threads fail of, and refuses what it cannot divide', async () => {
  const divided = openDividedSession(step, { parts: 2 })
  const feeds = feedsFor(step, 4)
  const image = tensorOf('float32', [4, 2, 6, 6], new Float32Array(288))
  const broken: Graph = { ...step, nodes: step.nodes.slice(1) }
  const failing = openDividedSession(broken, { parts: 2 })
  await assert.rejects(failing.run({ ...feeds, image }), /The engine cannot run this model/)
  await Promise.all([divided.close(), failing.close()])
  const g = graphBuilder('whole numbers')
  const x = g.input('x', 'int64', ['N'])
  assert.throws(() => openDividedSession(g.build([x]), { parts: 2 }), /Expected float32 for "x"/)
})
