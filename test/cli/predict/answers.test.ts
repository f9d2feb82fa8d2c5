/** Answers for people and for programs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, jsonAnswers, tableAnswers } from '../../../src/cli/predict/answers.ts'
import type { Style } from '../../../src/cli/terminal/stream.ts'

const classNames = ['ant', 'bee']
const plain: Style = (_, text) => text

function answer(id: string, rejection?: { unknown: boolean; unfamiliarity: number }): Answer {
  const example = { id, source: { type: 'file', path: id }, label: null, split: null } as const
  return { example, probabilities: Float32Array.of(0.25, 0.75), rejection, error: null }
}
const [familiar, other] = [
  { unknown: false, unfamiliarity: 0.5 },
  { unknown: true, unfamiliarity: 1.3125 },
]

test('jsonAnswers() says of each image whether it is unknown, and how far off, where the run can tell', () => {
  const lines: unknown[] = []
  const writer = jsonAnswers(classNames, text => lines.push(JSON.parse(text)))
  for (const one of [answer('a.jpg', familiar), answer('b.jpg', other), answer('c.jpg')]) writer.add(one)
  const best = { label: 'bee', score: 0.75 }
  const probabilities = { ant: 0.25, bee: 0.75 }
  assert.deepEqual(lines, [
    { file: 'a.jpg', ...best, ...familiar, probabilities },
    { file: 'b.jpg', ...best, ...other, probabilities },
    { file: 'c.jpg', ...best, probabilities },
  ])
})

test('tableAnswers() puts "unknown" before the classes that a refused image might be', () => {
  const tableOf = (top: number): string[] => {
    let text = ''
    const writer = tableAnswers(classNames, { top, width: 80, style: plain }, written => (text += written))
    writer.add(answer('a.jpg', familiar))
    writer.add(answer('b.jpg', other))
    writer.end()
    return text
      .trimEnd()
      .split('\n')
      .map(line => line.trim().replace(/ +/g, ' '))
  }
  assert.deepEqual(tableOf(1).slice(2), ['a.jpg bee 75.0%', 'b.jpg unknown 1.31x'])
  assert.deepEqual(tableOf(2).slice(2), ['a.jpg bee 75.0% ant 25.0%', 'b.jpg unknown 1.31x bee 75.0%'])
})
