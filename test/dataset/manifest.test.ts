import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseManifest } from '../../src/dataset/manifest.ts'
import { UserError } from '../../src/util/errors.ts'

const parse = (name: string, text: string) => parseManifest(name, Buffer.from(text))
const abc = {
  columns: ['id', 'label'],
  rows: [
    ['a', 'x'],
    ['b', 'y'],
  ],
}

const spellings: Readonly<Record<string, readonly [name: string, text: string]>> = {
  'line feeds': ['t.csv', 'id,label\na,x\nb,y\n'],
  'carriage returns and line feeds': ['t.csv', 'id,label\r\na,x\r\nb,y'],
  'line ends of several kinds': ['t.csv', 'id,label\na,x\r\nb,y\r'],
  'a byte order mark': ['t.csv', '\ufeffid,label\na,x\nb,y'],
  'quoted fields': ['t.csv', '"id","label"\n"a","x"\n"b",y\n'],
  semicolons: ['t.csv', 'id;label\na;x\nb;y\n'],
  "Excel's line about the delimiter": ['t.csv', '\ufeffsep=;\r\nid;label\r\na;x\r\nb;y\r\n'],
  tabs: ['t.tsv', 'id\tlabel\na\tx\nb\ty\n'],
  'tabs in a .csv': ['t.csv', 'id\tlabel\na\tx\nb\ty\n'],
  'blank lines and final delimiters': ['t.csv', '\nid,label\na,x,\n\nb,y,,\n'],
  'a list in JSON': ['t.json', '[{"id": "a", "label": "x"},\n{"label": "y", "id": "b"}]'],
  'an object in JSON, from ids to labels': ['t.json', '{\n"a": "x",\n"b": "y"\n}'],
  'JSON lines': ['t.jsonl', '{"id":"a","label":"x"}\r\n\n{"label":"y","id":"b"}\n'],
  'JSON lines under another name': ['t.txt', '{"id":"a","label":"x"}\n{"id":"b","label":"y"}'],
}

for (const [what, [name, text]] of Object.entries(spellings)) {
  test(`parseManifest() reads ${what}`, () => {
    const { columns, rows } = parse(name, text)
    assert.deepEqual({ columns, rows }, abc)
  })
}

test('parseManifest() keeps delimiters, quotes and line ends inside quotes', () => {
  const { rows } = parse('t.csv', 'id,label\n"a,1","say ""x"""\r\n"b\nc",y "z" w\n')
  assert.deepEqual(rows, [
    ['a,1', 'say "x"'],
    ['b\nc', 'y "z" w'],
  ])
})

test('parseManifest() writes JSON values as text, and null as nothing', () => {
  const { columns, rows } = parse('t.jsonl', '{"id":7,"ok":true,"no":null}\n{"__proto__":[1],"id":1.5}')
  assert.deepEqual(columns, ['id', 'ok', 'no', '__proto__'])
  assert.deepEqual(rows, [
    ['7', 'true', '', ''],
    ['1.5', '', '', '[1]'],
  ])
})

test('parseManifest() reads back any table that RFC 4180 can write', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', ',', ';', '\t', '"', '\n', '\r', ' ', '0') })
  const written = (value: string): string => `"${value.replaceAll('"', '""')}"`
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 4 }),
      fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { minLength: 1 }),
      (width, cells) => {
        const rows = cells.map(row => row.slice(0, width))
        const header = ['id', 'label', 'c', 'd'].slice(0, width)
        const text = [header, ...rows].map(row => row.map(written).join(',')).join('\r\n')
        assert.deepEqual(parse('t.csv', text), { name: 't.csv', columns: header, rows })
      },
    ),
  )
})

const refused: Readonly<Record<string, readonly [name: string, text: string, message: RegExp]>> = {
  'an empty file': ['t.csv', '', /"t.csv": it has no rows$/],
  'a header alone': ['t.csv', 'id,label\n', /it has no rows$/],
  'a row with too many fields': [
    't.csv',
    'id,label\na,b,x\n',
    /line 2, the row of "a", has 3 fields, the header has 2$/,
  ],
  'such a row after fields of several lines': [
    't.csv',
    'id,label\r\n"a\r\nb\r\nc",x\r\nd,y\r\ne,f,g\r\n',
    /line 6, the row of "e", has 3 fields, the header has 2$/,
  ],
  'a remark before the header': [
    't.csv',
    '# made by hand\nid,label\na,b\n',
    /line 2, the row of "id", has 2 fields, the header has 1$/,
  ],
  'an open quote': ['t.csv', 'id,label\n"a,x\n', /Quote Not Closed/],
  'broken JSON': ['t.jsonl', '{"id":1}\n{"id"\n', /line 2 is no JSON/],
  'JSON that is no object': ['t.jsonl', '{"id":1}\n[1]\n', /line 2 is no JSON object: "\[1\]"$/],
  'JSON cut short': ['t.json', '[{"id":1},', /"t.json": it is no JSON: /],
  'JSON that is no table': ['t.json', '["ant", "bee"]', /it is neither a list of objects nor an object/],
  'JSON from names to objects': ['t.json', '{"images": [1], "categories": [2]}', /neither a list of objects/],
  'binary content': ['t.csv', 'PK\u0003\u0004\0\0', /it is no text$/],
}

for (const [what, [name, text, message]] of Object.entries(refused)) {
  test(`parseManifest() refuses ${what}`, () => {
    assert.throws(
      () => parse(name, text),
      error => {
        assert.ok(error instanceof UserError)
        assert.equal(error.code, 'data')
        assert.match(error.message, message)
        return true
      },
    )
  })
}

test('parseManifest() survives nesting deeper than it can write', () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
  assert.deepEqual(parse('t.jsonl', `{"id":"a","label":${deep}}`).rows, [['a', '[]']])
  assert.throws(() => parse('t.json', deep), UserError)
})

test('parseManifest() answers any bytes with a table or a UserError', () => {
  const name = fc.constantFrom('t.csv', 't.tsv', 't.json', 't.jsonl', 't')
  const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', '{', '}', ':', '1', '\t', ';') })
  const bytes = fc.oneof(
    fc.uint8Array(),
    text.map(value => Buffer.from(value)),
  )
  fc.assert(
    fc.property(name, bytes, (file, content) => {
      try {
        const { columns, rows } = parseManifest(file, content)
        assert.ok(rows.length > 0 && rows.every(row => row.length === columns.length))
      } catch (error) {
        assert.ok(error instanceof UserError, String(error))
      }
    }),
    { numRuns: 500 },
  )
})
