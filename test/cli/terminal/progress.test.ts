/** Progress on a terminal and in a log, as a person would see it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openProgress } from '../../../src/cli/terminal/progress.ts'
import { matchesGolden } from '../../golden.ts'
import { fakeClock, fakeStream, screenOf, textOf } from './fake.ts'

/** Opens a display on a fake stream. */
function display(isTTY: boolean, environment: Record<string, string> = {}, columns = 80) {
  const clock = fakeClock()
  const stream = fakeStream(isTTY, columns)
  const progress = openProgress({ stream, clock, environment })
  return { clock, stream, progress, screen: () => screenOf(stream.writes, stream.columns) }
}

/** A short run: decoding, then two epochs with their steps. Calls `look` at the moments worth looking at. */
function run({ clock, progress }: ReturnType<typeof display>, look: (moment: string) => void): void {
  const decode = progress.start('decode', { total: 2000, unit: 'images' })
  for (let i = 1; i <= 20; i++) {
    clock.advance(100)
    decode.update(100 * i)
    if (i === 12) look('decoding')
  }
  decode.end()
  progress.print('epoch  loss')
  const head = progress.start('head', { total: 2, unit: 'epochs' })
  for (let epoch = 1; epoch <= 2; epoch++) {
    const steps = progress.start(`epoch ${epoch}`, { total: 50, unit: 'steps' })
    for (let step = 1; step <= 50; step++) {
      clock.advance(250)
      steps.update(step, `loss ${(1 / step).toFixed(2)}`)
      if (step === 30) look(`in epoch ${epoch}`)
    }
    steps.drop()
    head.update(epoch)
    progress.print(`${String(epoch).padStart(5)}  0.02`)
  }
  look('after both epochs')
  head.end()
  progress.close()
  look('at the end')
}

test('openProgress() on a terminal draws nested bars below the lines that stay', () => {
  const shown = display(true)
  const moments: string[] = []
  run(shown, moment => moments.push(`--- ${moment}`, ...shown.screen()))
  matchesGolden('cli/terminal/golden/terminal.txt', `${moments.join('\n')}\n`)
})

test('openProgress() in a log writes plain lines, ten seconds apart', () => {
  const shown = display(false)
  run(shown, () => {})
  matchesGolden('cli/terminal/golden/log.txt', textOf(shown.stream))
  assert.equal(textOf(shown.stream), shown.stream.writes.join(''), 'a log has no control sequences')
})

test('openProgress() of a dumb terminal writes a log', () => {
  const shown = display(true, { TERM: 'dumb' })
  run(shown, () => {})
  assert.doesNotMatch(shown.stream.writes.join(''), /\x1b/)
})

test('openProgress() when quiet writes nothing', () => {
  const stream = fakeStream(true)
  const progress = openProgress({ stream, clock: fakeClock(), environment: {}, isQuiet: true })
  const task = progress.start('decode', { total: 2 })
  task.update(1, 'note')
  task.end()
  progress.print('line')
  progress.close()
  assert.deepEqual(stream.writes, [])
})

test('openProgress() draws at most fifteen times a second, each frame one write', () => {
  const { clock, stream, progress } = display(true)
  const task = progress.start('decode', { total: 10_000 })
  for (let i = 1; i <= 10_000; i++) {
    clock.advance(1)
    task.update(i)
  }
  assert.ok(stream.writes.length > 100 && stream.writes.length <= 152, String(stream.writes.length))
})

test('openProgress() never hides the cursor, and leaves it on an empty line after every write', () => {
  const shown = display(true)
  run(shown, () => assert.equal(shown.screen().at(-1), ''))
  for (const text of shown.stream.writes) {
    assert.doesNotMatch(text, /\x1b\[\?/)
    assert.match(text, /\n(\x1b\[J)?$|^\x1b\[\d+F\x1b\[J$/)
  }
})

test('openProgress() redraws cleanly after the window was made narrower', () => {
  const { clock, stream, progress } = display(true)
  const task = progress.start('decode', { total: 100, unit: 'images' })
  clock.advance(1000)
  task.update(50, 'a note that makes the line long')
  // A terminal breaks its lines anew when its window changes: one bar of 80 cells is then two rows.
  const rows = screenOf(stream.writes, 80)[0]!.match(/.{1,40}/g)!
  stream.columns = 40
  stream.writes.splice(0, stream.writes.length, rows.map(row => `${row}\n`).join(''))
  clock.advance(1000)
  task.update(60)
  const after = screenOf(stream.writes, 40)
  assert.deepEqual(after.slice(1), [''])
  assert.match(after[0]!, /^decode .* 60\/100/)
})

test('openProgress() takes names and notes for text, whatever they hold', () => {
  const { stream, progress } = display(true, { NO_COLOR: '1' })
  progress.start('\x1b[2J\n', { total: 1 }).update(1)
  assert.match(textOf(stream), /\\x1b\[2J\\n/)
})

test('openProgress() counts a resumed task from where it was', () => {
  const { clock, stream, progress } = display(false)
  const task = progress.start('head', { total: 30, unit: 'epochs', done: 20 })
  clock.advance(10_000)
  task.update(25)
  clock.advance(1000)
  task.end()
  assert.equal(
    textOf(stream),
    'head: 25 of 30 epochs (83.3%), 2.0 s each, 10 s left\nhead: 5 epochs in 11 s, 2.2 s each\n',
  )
})
