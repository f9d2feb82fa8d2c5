/** A run folder as a dashboard sees it, at every stage of a run's life. */
import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { tryLock } from '../../../src/pipeline/lock.ts'
import { checkFolder, findRuns } from '../../../src/serve/dashboard/find-runs.ts'
import { watchRun } from '../../../src/serve/dashboard/run-watch.ts'
import { tail } from '../../../src/serve/dashboard/tail.ts'
import { requestStop } from '../../../src/train/stop.ts'
import type { UserError } from '../../../src/util/errors.ts'
import { madeRun, predictions, progress, tellEpoch, tellLive } from './made-run.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-watch-'))
after(() => rmSync(root, { recursive: true, force: true }))

test('watchRun() follows a run from its start to its end', () => {
  const run = madeRun(root, 'life')
  const release = tryLock(join(run, 'run.lock'))!
  const watch = watchRun('life', run)
  const seen = (): ReturnType<typeof watch.view> & {} => {
    watch.refresh()
    return watch.view()!
  }
  assert.deepEqual([seen().status, seen().activity, seen().watched], ['running', null, null])
  tellLive(
    run,
    { at: 1000, event: 'start' },
    progress(2000, 1, 50),
    progress(3000, 1, 100),
    predictions(3100, 1, [0]),
  )
  tellEpoch(run, 1, 0.75)
  writeFileSync(join(run, 'watched.jpg'), '')
  const underWay = seen()
  assert.equal(underWay.began, 1000)
  assert.equal(underWay.activity!.rate, 50)
  assert.deepEqual(
    underWay.curve.map(({ at }) => at),
    [0.5, 1],
  )
  assert.equal(underWay.epochs[0]!.validationAccuracy, 0.75)
  assert.deepEqual([underWay.watched!.epoch, underWay.watched!.columns], [1, 6])
  requestStop(run)
  assert.equal(seen().status, 'stopping')
  rmSync(join(run, 'run.stop'))
  tellLive(run, { at: 4000, event: 'end', how: 'stopped', message: null })
  release()
  assert.deepEqual([seen().status, seen().ended], ['stopped', 4000])
  const again = tryLock(join(run, 'run.lock'))!
  tellLive(run, { at: 9000, event: 'start' })
  assert.deepEqual([seen().status, seen().began, seen().ended], ['running', 9000, null])
  again()
})

test('watchRun() says whether anything has changed', () => {
  const run = madeRun(root, 'quiet')
  const watch = watchRun('quiet', run)
  assert.deepEqual([watch.refresh(), watch.refresh()], [true, false])
  tellLive(run, progress(1, 1, 10))
  assert.deepEqual([watch.refresh(), watch.refresh()], [true, false])
})

test('watchRun() tells an interrupted run from one that ended before there were live records', () => {
  const run = madeRun(root, 'old')
  tellEpoch(run, 1, 0.5)
  const watch = watchRun('old', run)
  watch.refresh()
  assert.equal(watch.view()!.status, 'interrupted')
  writeFileSync(join(run, 'evaluation.json'), '{}')
  watch.refresh()
  assert.equal(watch.view()!.status, 'done')
})

test('watchRun() shows why a run failed, and bears a folder whose files are damaged', () => {
  const run = madeRun(root, 'bad')
  const watch = watchRun('bad', run)
  tellLive(run, { at: 1, event: 'end', how: 'failed', message: 'The loss is not finite' })
  watch.refresh()
  assert.deepEqual([watch.view()!.status, watch.view()!.message], ['failed', 'The loss is not finite'])
  appendFileSync(join(run, 'metrics.jsonl'), 'nonsense\n')
  writeFileSync(join(run, 'run.json'), '{')
  watch.refresh()
  assert.equal(watch.view()!.status, 'failed')
  const unread = watchRun('bad', run)
  unread.refresh()
  assert.equal(unread.view(), null)
})

test('tail() gives whole lines once, and begins anew with another file', () => {
  const path = join(root, 'growing')
  const file = tail(path)
  assert.deepEqual(file.read(), { lines: [], isNew: false })
  writeFileSync(path, 'one\ntw')
  assert.deepEqual(file.read(), { lines: ['one'], isNew: true })
  appendFileSync(path, 'o é\nthree')
  assert.deepEqual(file.read(), { lines: ['two é'], isNew: false })
  writeFileSync(`${path}.part`, 'uno\n')
  renameSync(`${path}.part`, path)
  assert.deepEqual(file.read(), { lines: ['uno'], isNew: true })
})

test('findRuns() takes a run folder as it is, or the runs in a folder and nothing else', () => {
  const folder = join(root, 'many')
  assert.deepEqual(findRuns(folder), [])
  for (const name of ['a', 'b']) madeRun(folder, name)
  mkdirSync(join(folder, 'no-run'))
  writeFileSync(join(folder, 'file'), '')
  assert.deepEqual(
    findRuns(folder)
      .map(({ id }) => id)
      .sort(),
    ['a', 'b'],
  )
  assert.deepEqual(findRuns(join(folder, 'a')), [{ id: 'a', folder: join(folder, 'a') }])
  assert.throws(
    () => checkFolder(join(folder, 'file')),
    (error: UserError) => error.code === 'run',
  )
})
