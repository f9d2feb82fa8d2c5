/** Every file that Graft writes is complete or absent: what else writes is named here, with the reason. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const writing =
  /\b(writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|copyFile|copyFileSync|cpSync)\(|\bopenSync\([^)]*'[aw]\+?'|O_RDWR|O_WRONLY/
const recursive = /\bmkdir(Sync)?\([^)]*recursive/

/** Files that are written in place, and what holds for them instead. */
const exceptions: Readonly<Record<string, string>> = {
  'util/files.ts': 'writes aside, flushes, renames: the function that all others use',
  'util/json-lines.ts': 'a line at a time, flushed; a torn last line is dropped',
  'util/tensorboard.ts': 'records with checksums; cut behind the last sound one',
  'train/live.ts': 'lines for who watches, of no account to the run; a torn one is passed over',
  'train/stop.ts': 'an empty file: its being there is its content',
  'pipeline/row-files.ts': 'rows and records with checksums; a damaged one counts as absent',
  'pipeline/notes.ts': 'a line at a time in the cache; a torn one is passed over',
  'pipeline/lock.ts': 'made aside and linked; read with distrust',
  'model/weights/lock.ts': 'a number; an unreadable one belongs to nobody',
  'model/weights/download-part.ts': 'a part that grows, checked and renamed when it is whole',
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))
const linesIn = (file: string): string[] => readFileSync(join('src', file), 'utf8').split('\n')

test('no file is written in place but those named here', () => {
  const found = files.filter(file =>
    linesIn(file).some(line => !line.startsWith('import') && writing.test(line)),
  )
  assert.deepEqual(found.sort(), Object.keys(exceptions).sort())
})

test('no folder is made by the recursive form that may never end', () => {
  assert.deepEqual(
    files.filter(file => linesIn(file).some(line => recursive.test(line))),
    [],
  )
})
