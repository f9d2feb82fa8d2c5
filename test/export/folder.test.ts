/** Exports are complete or absent, and nothing of the user's is written over. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { writeExport } from '../../src/export/folder.ts'
import type { UserError } from '../../src/util/errors.ts'
import { temporaryFolder } from '../pipeline/pictures.ts'

const files = (text: string): Map<string, string> => new Map([['deep/a.txt', text]])
const accept = async (): Promise<object> => ({ images: 1 })

test('writeExport() writes texts, bytes and copies, and what the check found', async context => {
  const folder = temporaryFolder(context)
  writeFileSync(join(folder, 'engine.mjs'), 'engine')
  const out = join(folder, 'out')
  const content = new Map<string, string | Uint8Array | URL>([
    ['index.html', 'page'],
    ['model.onnx', Uint8Array.of(1, 2)],
    ['ort/engine.mjs', pathToFileURL(join(folder, 'engine.mjs'))],
  ])
  await writeExport(out, content, async aside => {
    assert.equal(readFileSync(join(aside, 'ort/engine.mjs'), 'utf8'), 'engine')
    return { images: 3 }
  })
  assert.deepEqual(readdirSync(out).sort(), ['index.html', 'model.onnx', 'ort', 'verification.json'])
  assert.deepEqual(JSON.parse(readFileSync(join(out, 'verification.json'), 'utf8')), { images: 3 })
  assert.deepEqual(readdirSync(folder).sort(), ['engine.mjs', 'out'])
})

test('writeExport() leaves nothing when the check fails, and an earlier export as it was', async context => {
  const folder = temporaryFolder(context)
  const out = join(folder, 'out')
  const refuse = async (): Promise<object> => {
    throw new Error('drift')
  }
  await assert.rejects(writeExport(out, files('new'), refuse), /drift/)
  assert.deepEqual(readdirSync(folder), [])
  await writeExport(out, files('old'), accept)
  await assert.rejects(writeExport(out, files('new'), refuse), /drift/)
  assert.deepEqual(readdirSync(folder), ['out'])
  assert.equal(readFileSync(join(out, 'deep/a.txt'), 'utf8'), 'old')
})

test('writeExport() replaces an earlier export and fills an empty folder', async context => {
  const out = join(temporaryFolder(context), 'out')
  mkdirSync(out)
  await writeExport(out, new Map([['b.txt', 'old']]), accept)
  await writeExport(out, files('new'), accept)
  assert.deepEqual(readdirSync(out).sort(), ['deep', 'verification.json'])
})

test('writeExport() says in words that a folder cannot be made', async context => {
  const file = join(temporaryFolder(context), 'file')
  writeFileSync(file, '')
  await assert.rejects(
    writeExport(join(file, 'out'), files('new'), accept),
    (error: UserError) => error.code === 'storage' && /^Cannot write ".*out/.test(error.message),
  )
})

test('writeExport() refuses a folder that holds something else, and a file', async context => {
  const folder = temporaryFolder(context)
  writeFileSync(join(folder, 'thesis.txt'), 'years of work')
  const refusal = (out: string): Promise<void> =>
    assert.rejects(writeExport(out, files('new'), accept), (error: UserError) => error.code === 'storage')
  await refusal(folder)
  await refusal(join(folder, 'thesis.txt'))
  assert.deepEqual(readdirSync(folder), ['thesis.txt'])
})
