/** Paths from the command line and from standard input. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenPaths } from '../../../src/cli/predict/paths.ts'

/** Text in chunks that cut letters apart, as pipes do. */
const input = (text: string) =>
  async function* (): AsyncGenerator<Uint8Array> {
    for (const byte of Buffer.from(text)) yield Uint8Array.of(byte)
  }
const unread = (): never => assert.fail('standard input was read')

test('givenPaths() leaves standard input alone unless "-" is given', async () => {
  assert.deepEqual(await givenPaths(['a.jpg', '-b.jpg', ''], unread), ['a.jpg', '-b.jpg', ''])
})

test('givenPaths() puts the lines of standard input where "-" stands', async () => {
  const lines = input('é.jpg\r\nb c.jpg\n\nd.jpg')
  assert.deepEqual(await givenPaths(['a', '-', 'z'], lines), ['a', 'é.jpg', 'b c.jpg', 'd.jpg', 'z'])
})

test('givenPaths() takes NUL between paths that may hold line ends', async () => {
  assert.deepEqual(await givenPaths(['-'], input('a\nb.jpg\0c.jpg\0')), ['a\nb.jpg', 'c.jpg'])
})

test('givenPaths() refuses an empty standard input', async () => {
  await assert.rejects(givenPaths(['-'], input('\n')), /No path came on standard input/)
})
