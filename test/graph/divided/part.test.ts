/** A thread of a divided session: what it answers when things go wrong. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { graphBuilder } from '../../../src/graph/builder.ts'
import { Part } from '../../../src/graph/divided/part.ts'
import { writeOnnx } from '../../../src/graph/onnx/write.ts'
import { tensorOf } from '../../../src/graph/tensor.ts'

const g = graphBuilder('doubled')
const x = g.input('x', 'float32', ['N', 2])
const graph = g.build([g.add('Add', [x, x])])
const output = graph.outputs[0]!.name
const data = { model: writeOnnx(graph), inputs: graph.inputs, outputs: graph.outputs, threads: 1 }
const feeds = { x: tensorOf('float32', [3, 2], [1, 2, 3, 4, 5, 6]) }

test('a part answers for its rows, again and again, for any number of them', async () => {
  const part = new Part(data)
  for (const rows of [2, 1, 2]) {
    const answer = await part.ask(feeds, { start: 1, rows })()
    assert.deepEqual(answer[output], tensorOf('float32', [rows, 2], [6, 8, 10, 12].slice(0, rows * 2)))
  }
  await part.close()
})

test('a part tells what the engine refuses, and can be asked again', async () => {
  const part = new Part({ ...data, model: new Uint8Array([1, 2, 3]) })
  for (let turn = 0; turn < 2; turn++)
    await assert.rejects(part.ask(feeds, { start: 0, rows: 1 })(), /The engine cannot run this model/)
  await part.close()
})

test('the death of the thread is the answer to all that it is asked from then on', async () => {
  const part = new Part(data, new URL('./dying-worker.js', import.meta.url))
  await part.ask(feeds, { start: 0, rows: 1 })()
  for (let turn = 0; turn < 2; turn++)
    await assert.rejects(
      part.ask(feeds, { start: 0, rows: 1 })(),
      /A thread of the engine ended with status 3/,
    )
  await part.close()
})
