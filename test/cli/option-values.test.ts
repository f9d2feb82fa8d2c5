/** What options make of their texts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OptionSpec } from '../../src/cli/command.ts'
import { flagOf, optionValue } from '../../src/cli/option-values.ts'
import { UserError } from '../../src/util/errors.ts'

const option = (type?: OptionSpec['type']): OptionSpec => ({
  flags: '--thing <value>',
  description: '',
  ...(type === undefined ? {} : { type }),
})

const good: readonly (readonly [type: OptionSpec['type'], text: string, value: unknown])[] = [
  [undefined, 'photos of cats', 'photos of cats'],
  ['integer', '0', 0],
  ['integer', '-3', -3],
  ['integer', '1e3', 1000],
  ['count', '1', 1],
  ['number', '.5', 0.5],
  ['number', '1e-4', 1e-4],
  ['epochs', '30', 30],
  ['epochs', '30,0', [30, 0]],
  ['class-weights', 'none', 'none'],
  ['class-weights', 'balanced', 'balanced'],
  ['class-weights', 'cat, big=1,dog=2', { 'cat, big': 1, dog: 2 }],
  ['class-weights', 'cat=1, a=b=2.5', { cat: 1, 'a=b': 2.5 }],
]
for (const [type, text, value] of good) {
  test(`optionValue() takes ${JSON.stringify(text)} for ${type ?? 'text'}`, () => {
    assert.deepEqual(optionValue(option(type), text), value)
  })
}

const bad: readonly (readonly [type: OptionSpec['type'], text: string])[] = [
  [undefined, ''],
  ['integer', '1.5'],
  ['integer', '0x10'],
  ['integer', ' '],
  ['count', '0'],
  ['number', 'Infinity'],
  ['number', '1,5'],
  ['epochs', '30,'],
  ['epochs', '3.5'],
  ['class-weights', 'cat'],
  ['class-weights', '=2'],
  ['class-weights', 'cat=heavy'],
]
for (const [type, text] of bad) {
  test(`optionValue() refuses ${JSON.stringify(text)} for ${type ?? 'text'} and shows it`, () => {
    assert.throws(
      () => optionValue(option(type), text),
      (error: unknown) =>
        error instanceof UserError &&
        error.code === 'usage' &&
        error.message.startsWith('The option "--thing" takes ') &&
        error.message.endsWith(`Received: ${JSON.stringify(text)}`),
    )
  })
}

test('flagOf() is the long name alone', () => {
  assert.equal(flagOf({ flags: '--csv [file]' }), '--csv')
  assert.equal(flagOf({ flags: '--json' }), '--json')
})
