/** The folders import one another in one direction, and each outside package in one file. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('../../src/', import.meta.url))
const ranks: readonly (readonly string[])[] = [
  ['util'],
  ['page'],
  ['dataset', 'graph', 'evaluate'],
  ['pipeline', 'model'],
  ['bundle'],
  ['train', 'web'],
  ['distill'],
  ['report', 'export', 'inspect'],
  ['api'],
  ['serve'],
  ['cli'],
]
/** Schema checks stand at every border, so zod is the one package without a single home. */
const everywhere = new Set(['zod'])

/** Charts are drawn by one package in two worlds: in Node for files, in browsers for live pages. */
const twoHomes: Readonly<Record<string, readonly string[]>> = {
  '@observablehq/plot': ['report/chart.ts', 'web/plot.ts'],
}

interface Import {
  readonly file: string
  readonly target: string
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8')
  const found = text.matchAll(/^(?:import|export)\s[^'"]*?from\s+'([^']+)'|\bimport\('([^']+)'\)/gm)
  return [...found].map(match => ({ file, target: (match[1] ?? match[2])! }))
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
const imports = files.flatMap(importsOf)
const folderOf = (file: string): string => (file.includes(sep) ? file.split(sep)[0]! : '')
const rankOf = (folder: string): number => ranks.findIndex(rank => rank.includes(folder))

test('every folder of src has a rank', () => {
  for (const folder of new Set(files.map(folderOf))) assert.ok(folder === '' || rankOf(folder) >= 0, folder)
})

test('imports go left only', () => {
  for (const { file, target } of imports.filter(found => found.target.startsWith('.'))) {
    const from = folderOf(file)
    const to = folderOf(normalize(join(dirname(file), target)))
    if (from === '' || from === to) continue
    assert.ok(rankOf(to) < rankOf(from), `${file} imports ${target}`)
  }
})

test('each outside package is imported in one file', () => {
  const homes = new Map<string, Set<string>>()
  for (const { file, target } of imports) {
    if (target.startsWith('.') || target.startsWith('node:') || everywhere.has(target)) continue
    homes.set(target, (homes.get(target) ?? new Set()).add(file))
  }
  for (const [name, places] of homes) {
    const found = [...places].map(place => place.replaceAll(sep, '/')).sort()
    assert.deepEqual(found, twoHomes[name] ?? found.slice(0, 1), name)
  }
})
