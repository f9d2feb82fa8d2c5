import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { excludedIds, findingsCsv, withoutExamples } from '../../src/inspect/findings-csv.ts'
import type { Finding } from '../../src/inspect/types.ts'
import { UserError } from '../../src/util/errors.ts'
import { datasetOf } from '../dataset/examples.ts'

const finding = (id: string | null, action: Finding['action']): Finding => ({
  id,
  finding: 'blank',
  severity: 'warning',
  label: 'a, "b"',
  suggestion: 'two\nlines',
  score: 0.5,
  related: null,
  action,
})

function written(context: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'graft-findings-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'findings.csv'), text)
  return join(folder, 'findings.csv')
}

test('excludedIds() reads what findingsCsv() writes, whatever is in an id', context => {
  const odd = 'ants/a, "b"\n<i>.jpg'
  const text = findingsCsv([finding(odd, 'exclude'), finding('kept.jpg', 'review'), finding(null, 'exclude')])
  assert.match(text, /^id,finding,severity,label,suggestion,score,related,action\n/)
  assert.deepEqual(excludedIds(written(context, text)), new Set([odd]))
})

test('excludedIds() takes every row of a table without actions', context => {
  assert.deepEqual(excludedIds(written(context, 'id\na.jpg\nb.jpg\n')), new Set(['a.jpg', 'b.jpg']))
})

test('excludedIds() refuses a table without ids and a file that is not there', context => {
  const wrong = { code: 'data', message: /it has no column "id" but "name" and "action"/ }
  assert.throws(() => excludedIds(written(context, 'name,action\na,exclude\n')), wrong)
  assert.throws(() => excludedIds('nowhere.csv'), UserError)
})

test('withoutExamples() leaves out and counts what is there', () => {
  const dataset = datasetOf([{ label: 0 }, { label: 1 }, { label: 0 }])
  const { dataset: rest, excluded } = withoutExamples(dataset, new Set([dataset.examples[1]!.id, 'other']))
  assert.deepEqual([rest.examples.length, excluded], [2, 1])
})
