/** A step divided among threads gives what one session gives. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { graphBuilder } from '../../../src/graph/builder.ts'
import { hasRows } from '../../../src/graph/divided/carrier.ts'
import { shareOf } from '../../../src/graph/divided/part.ts'
import { divisionOf, openDividedSession, sharesOf } from '../../../src/graph/divided/session.ts'
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
    const divided = await openDividedSession(step, { parts: 3 })
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

test('a divided session writes where it is told, and repeats its bits', async () => {
  const divided = await openDividedSession(step, { parts: 2 })
  const name = step.outputs.find(output => output.name.includes('dense/kernel'))!.name
  const place = zeros('float32', step.values.get(name)!.shape as number[])
  const first = await divided.run(feedsFor(step, 6), { [name]: place })
  assert.equal(first[name], place)
  assert.ok(numbersOf(place).some(value => value !== 0))
  assert.deepEqual(await divided.run(feedsFor(step, 6)), first)
  await divided.close()
})

test('a divided session that failed gives right answers again', async () => {
  const divided = await openDividedSession(step, { parts: 2 })
  const name = step.outputs.find(output => output.name.includes('dense/kernel'))!.name
  const expected = await divided.run(feedsFor(step, 6))
  await assert.rejects(divided.run(feedsFor(step, 4), { [name]: zeros('float32', [1, 1]) }))
  assert.deepEqual(await divided.run(feedsFor(step, 6)), expected)
  await divided.close()
})

test('what has no rows is added up in order, to the bit, where a sum is wanted', async () => {
  const [whole, divided] = [
    await openSession(step),
    await openDividedSession(step, { parts: 2, reduction: 'sum' }),
  ]
  const feeds = feedsFor(step, 5)
  const half = (start: number, rows: number): Promise<Tensors> => {
    const own = step.inputs.map(input => [input.name, shareOf(feeds[input.name]!, input, { start, rows })])
    return whole.run(Object.fromEntries(own))
  }
  const [a, b, both] = [await half(0, 3), await half(3, 2), await divided.run(feeds)]
  for (const { name, shape } of step.outputs.filter(output => !hasRows(output))) {
    const [x, y] = [numbersOf(a[name]!), numbersOf(b[name]!)]
    assert.deepEqual(
      both[name],
      tensorOf(
        'float32',
        shape as number[],
        x.map((value, at) => value + y[at]!),
      ),
      name,
    )
  }
  await Promise.all([whole.close(), divided.close()])
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

test('divisionOf() keeps parts large enough, and gives the threads that are left to all of them', () => {
  const of = (threads: number, batchSize: number) => Object.values(divisionOf({ threads, batchSize }, 8))
  assert.deepEqual(of(2, 32), [2, 1])
  assert.deepEqual(of(8, 32), [4, 2])
  assert.deepEqual(of(4, 7), [1, 4])
})

test('a divided session refuses what it cannot divide or run', async () => {
  const broken: Graph = { ...step, nodes: step.nodes.slice(1) }
  await assert.rejects(openDividedSession(broken, { parts: 2 }), /The engine cannot run this model/)
  const g = graphBuilder('whole numbers')
  const x = g.input('x', 'int64', ['N'])
  await assert.rejects(openDividedSession(g.build([x]), { parts: 2 }), /Expected float32 for "x"/)
})

test('openDividedSession() refuses a number of parts that is none', async () => {
  for (const parts of [0, -1, 1.5, Number.NaN])
    await assert.rejects(openDividedSession(step, { parts }), /whole number of parts, 1 or more. Received/)
})
