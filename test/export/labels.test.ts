/** The labels as a module: what JavaScript reads, and what TypeScript lets through. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { labelModule } from '../../src/export/labels.ts'
import { temporaryFolder } from '../pipeline/pictures.ts'

const odd = ['ant', "bee's", '"quoted"', 'two\nlines', '</script>', '\u2028', 'Übung', '\\']

test('labelModule() exports the class names as they are, however odd', async context => {
  const folder = temporaryFolder(context)
  const path = join(folder, 'labels.mjs')
  writeFileSync(path, labelModule(odd).get('labels.js')!)
  const { labels } = (await import(pathToFileURL(path).href)) as { labels: readonly string[] }
  assert.deepEqual([...labels], odd)
})

test('labelModule() types let the classes through and stop any other word', context => {
  const folder = temporaryFolder(context)
  for (const [name, text] of labelModule(odd)) writeFileSync(join(folder, name), text)
  const compile = (line: string): string => {
    writeFileSync(join(folder, 'use.ts'), `import { type Label, labels } from './labels.js'\n${line}\n`)
    const tsc = resolve('node_modules/typescript/bin/tsc')
    const options = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--types',
      '',
      join(folder, 'use.ts'),
    ]
    return spawnSync(process.execPath, [tsc, ...options], { encoding: 'utf8' }).stdout
  }
  assert.equal(compile(`export const label: Label = labels[1]; export const same: Label = "bee's"`), '')
  assert.match(compile(`export const label: Label = 'wasp'`), /not assignable/)
})
