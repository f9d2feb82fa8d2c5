/** docs/graph.md: its examples run and print what it says, and its table names every operator. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { completeAttributes, isGraftOp } from '../../src/graph/ops.ts'
import { writeFileAtomic } from '../../src/util/files.ts'
import { everyOp } from './cases/index.ts'

const page = 'docs/graph.md'
const text = readFileSync(page, 'utf8')
const isUpdate = process.env['UPDATE_GOLDEN'] === '1'

/** Compares with the page, or rewrites it. */
function matchesPage(expected: string): void {
  if (isUpdate) writeFileAtomic(page, expected)
  assert.equal(readFileSync(page, 'utf8'), expected, `${page} differs; UPDATE_GOLDEN=1 npm test rewrites it`)
}

const blocks = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(match => match[1]!)

/** What the blocks print when they run one after the other, a text a block. */
function printedByBlocks(): string[] {
  const separator = '--- next block ---'
  const folder = mkdtempSync(join(tmpdir(), 'graft-docs-'))
  try {
    const entry = new URL('../../src/graph/index.js', import.meta.url).href
    const code = blocks.join(`\nconsole.log('${separator}')\n`).replaceAll("'graft/graph'", `'${entry}'`)
    writeFileSync(join(folder, 'page.mjs'), code)
    const output = execFileSync(process.execPath, [join(folder, 'page.mjs')], { encoding: 'utf8' })
    return output.split(`${separator}\n`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('docs/graph.md prints what it says', () => {
  const printed = printedByBlocks()
  assert.equal(printed.length, 3)
  let block = 0
  matchesPage(
    readFileSync(page, 'utf8').replace(
      /^```text\n.*?^```$/gms,
      () => `\`\`\`text\n${printed[block++]!.trimEnd()}\n\`\`\``,
    ),
  )
  assert.equal(block, printed.length)
})

function operatorTable(): string {
  const rows = everyOp.toSorted(
    ([a], [b]) => Number(isGraftOp(a)) - Number(isGraftOp(b)) || a.localeCompare(b, 'en'),
  )
  const lines = rows.map(([op, { gradient }]) => {
    const attributes = Object.entries(completeAttributes(op)).map(([name, value]) => {
      const shown = Array.isArray(value) ? `[${value}]` : value
      return `\`${name}\` ${shown}`
    })
    return `| ${op} | ${gradient} | ${attributes.join(', ')} |`
  })
  return ['| operator | gradient | attributes, with their defaults |', '|---|---|---|', ...lines].join('\n')
}

test('docs/graph.md lists every operator, its gradient and its attributes', () => {
  matchesPage(
    readFileSync(page, 'utf8').replace(
      /(<!-- operators: .* -->\n).*(<!-- operators end -->)/s,
      (_, start: string, end: string) => `${start}\n${operatorTable()}\n\n${end}`,
    ),
  )
})

test('docs/graph.md names files that are there', () => {
  const names = text.matchAll(/`((?:src|test|scripts|examples)\/[\w./-]+)`|\]\(\.\.\/([\w./-]+)\)/g)
  for (const [, inline, link] of names) readFileOrFolder(inline ?? link!)
})

function readFileOrFolder(path: string): void {
  assert.doesNotThrow(() => (path.endsWith('/') ? readFileSync(`${path}index.ts`) : readFileSync(path)), path)
}
