/** Markdown from any text. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { code, escapeMarkdown, table } from '../../src/report/markdown.ts'

test('escapeMarkdown() keeps letters and escapes what Markdown would take for its own', () => {
  assert.equal(escapeMarkdown('größe 96 x 96, no. 1'), 'größe 96 x 96, no. 1')
  assert.equal(escapeMarkdown('a_b*c|d\n<e>'), 'a\\_b\\*c\\|d \\<e\\>')
})

test('code() fences text that holds backticks with more of them', () => {
  assert.equal(code('best.onnx'), '`best.onnx`')
  assert.equal(code('a``b`'), '``` a``b` ```')
})

test('table() pads its columns, the first to the left and the others to the right', () => {
  assert.equal(
    table(
      ['', 'n'],
      [
        ['cactus', '1'],
        ['x', '1,000'],
      ],
    ),
    ['|        |     n |', '| ------ | ----: |', '| cactus |     1 |', '| x      | 1,000 |'].join('\n'),
  )
})
