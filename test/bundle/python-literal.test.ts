import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pythonNames } from '../../src/bundle/python-literal.ts'

test('pythonNames() is str() of the dict, as Python 3.11 prints it', () => {
  const names = [
    'ant',
    "bee's",
    'say "hi"',
    'it\'s "so"',
    'back\\slash',
    'new\nline\ttab\rreturn',
    'nul\0bell\x07',
    'café 中 🌵',
    'nbsp\u00a0zwj\u200d',
    'private\ue000 \u{e0001}',
    '<b>bold</b>',
    '__proto__',
    'line\u2028sep',
    'del\x7f',
    ' ',
  ]
  const printed = [
    `{0: 'ant', 1: "bee's", 2: 'say "hi"', 3: 'it\\'s "so"', 4: 'back\\\\slash',`,
    String.raw` 5: 'new\nline\ttab\rreturn', 6: 'nul\x00bell\x07', 7: 'café 中 🌵', 8: 'nbsp\xa0zwj\u200d',`,
    String.raw` 9: 'private\ue000 \U000e0001', 10: '<b>bold</b>', 11: '__proto__', 12: 'line\u2028sep',`,
    String.raw` 13: 'del\x7f', 14: ' '}`,
  ]
  assert.equal(pythonNames(names), printed.join(''))
})

test('pythonNames() escapes half a surrogate pair, which no UTF-8 file can hold', () => {
  assert.equal(pythonNames(['\ud83c']), "{0: '\\ud83c'}")
})
