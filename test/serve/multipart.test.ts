import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type FilePart, formReader } from '../../src/serve/multipart.ts'
import { Refusal } from '../../src/serve/reply.ts'

const type = 'multipart/form-data; boundary=xyz'
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const filesOf = (
  form: Uint8Array,
  contentType: string,
  most: number,
  cuts: readonly number[] = [],
): FilePart[] => {
  const reader = formReader(contentType, most)
  const places = [0, ...[...cuts].sort((a, b) => a - b), form.length]
  for (let i = 1; i < places.length; i++) reader.take(form.subarray(places[i - 1], places[i]))
  return reader.end()
}
const parse = (text: string, contentType = type): [string, string][] =>
  filesOf(bytesOf(text), contentType, 10).map(({ name, bytes }) => [name, textOf(bytes)])

const file = (name: string, content: string): string =>
  `--xyz\r\nContent-Disposition: form-data; name="f"; filename="${name}"\r\nContent-Type: image/png\r\n\r\n${content}\r\n`

test('formReader() gives files in their order, and passes over other fields', () => {
  const field = '--xyz\r\nContent-Disposition: form-data; name="url"\r\n\r\nhttp://example.org/\r\n'
  const form = `${file('a.png', 'A')}${field}${file('b.png', 'line\r\n--xy\r\nline')}--xyz--\r\n`
  assert.deepEqual(parse(form), [
    ['a.png', 'A'],
    ['b.png', 'line\r\n--xy\r\nline'],
  ])
})

test('formReader() takes a preamble, a quoted boundary, and files with no name or no content', () => {
  const form = `preamble\r\n${file('', 'A')}${file('empty', '')}--xyz--`
  assert.deepEqual(parse(form, 'Multipart/Form-Data; charset=utf-8; boundary="xyz"'), [
    ['unnamed', 'A'],
    ['empty', ''],
  ])
})

test('formReader() undoes the escapes of names, and keeps markup and other scripts as they are', () => {
  assert.deepEqual(
    parse(`${file('a%22b%0D%0A.png', '')}${file('\\"q\\\\', '')}${file('<b>蜂.png', '')}--xyz--`).map(
      ([name]) => name,
    ),
    ['a"b  .png', '"q\\', '<b>蜂.png'],
  )
})

test('formReader() reads what the platform writes, whatever the content', async () => {
  const contents = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(contents, async files => {
      const form = new FormData()
      for (const [at, content] of files.entries()) form.append('f', new Blob([content]), `${at}`)
      const written = new Response(form)
      const contentType = written.headers.get('content-type')!
      const read = filesOf(new Uint8Array(await written.arrayBuffer()), contentType, 5)
      assert.deepEqual(
        read.map(({ name, bytes }) => [name, new Uint8Array(bytes)]),
        files.map((content, at) => [`${at}`, content]),
      )
    }),
  )
})

const brokenForms: readonly (readonly [what: string, form: string, contentType?: string])[] = [
  ['has no boundary', '', 'multipart/form-data'],
  ['never begins', 'hello'],
  ['is empty', ''],
  ['ends within its headers', '--xyz\r\nContent-Disposition: form-data'],
  ['ends within a file', file('a', 'A').slice(0, -4)],
  ['has a part that says nothing of itself', '--xyz\r\nX: y\r\n\r\nA\r\n--xyz--'],
  ['has endless headers', `--xyz\r\nX: ${'y'.repeat(20_000)}\r\n\r\n\r\n--xyz--`],
]

for (const [what, form, contentType] of brokenForms) {
  test(`formReader() refuses a form that ${what}`, () => {
    assert.throws(
      () => parse(form, contentType),
      (error: Refusal) => error.status === 400 && error.code === 'form',
    )
  })
}

test('formReader() gives the same however the form is cut', () => {
  const form = bytesOf(
    `before\r\n${file('a', 'A\r\n--xy')}${file('', '')}${file('c', '\r\n\r\n--')}--xyz--after`,
  )
  const whole = filesOf(form, type, 3)
  assert.deepEqual(
    whole.map(({ bytes }) => textOf(bytes)),
    ['A\r\n--xy', '', '\r\n\r\n--'],
  )
  const cuts = fc.array(fc.nat(form.length), { maxLength: 20 })
  fc.assert(fc.property(cuts, places => assert.deepEqual(filesOf(form, type, 3, places), whole)))
  assert.deepEqual(filesOf(form, type, 3, Array.from(form.keys())), whole)
})

test('formReader() refuses more files than it may give', () => {
  const form = bytesOf(`${file('a', '')}${file('b', '')}${file('c', '')}--xyz--`)
  assert.equal(filesOf(form, type, 3).length, 3)
  assert.throws(
    () => filesOf(form, type, 2),
    (error: Refusal) => error.status === 413,
  )
})

test('formReader() never fails in another way than by refusing', () => {
  const words = fc.constantFrom(
    '--xyz',
    '--',
    '\r\n',
    '\r\n\r\n',
    'Content-Disposition: form-data; filename="',
    '"',
    'x',
    ':',
  )
  fc.assert(
    fc.property(fc.array(words, { maxLength: 30 }), parts => {
      try {
        parse(parts.join(''))
      } catch (error) {
        assert.ok(error instanceof Refusal)
      }
    }),
    { numRuns: 2000 },
  )
})
