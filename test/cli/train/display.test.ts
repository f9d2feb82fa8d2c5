/** A training as a person sees it: in a log, on a terminal, and at its end. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CommandContext } from '../../../src/cli/command.ts'
import { trainingDisplay } from '../../../src/cli/train/display.ts'
import { resultLine, resultLines } from '../../../src/cli/train/result.ts'
import type { Figures, Outcome, TrainEvent } from '../../../src/train/types.ts'
import { matchesGolden } from '../../golden.ts'
import { fakeClock, fakeStream, plain, screenOf } from '../terminal/fake.ts'

const figures = (loss: number): Figures => ({
  loss,
  accuracy: 1 - loss,
  macroF1: 1 - loss,
  rocAuc: 1 - loss / 2,
})

function* story(): Generator<TrainEvent> {
  const examples = { train: 200, validation: 40, test: 10 }
  const classNames = ['cold', 'warm\x1b[2J']
  yield { event: 'start', run: 'runs/x', recipe: 'auto', classNames, examples, resumed: false }
  yield { event: 'note', message: 'Skipped 1 file that is no image, "notes.txt"' }
  for (const [index, phase] of ['head', 'fine-tune'].entries()) {
    const cut = { cut: 'pooled', cutShape: [1280] }
    yield { event: 'phase', phase, epochs: 2, parameters: 2562 * 10 ** index, ...cut }
    for (const done of [120, 240])
      yield { event: 'progress', stage: 'features', phase, epoch: null, epochs: 4, done, total: 240 }
    for (const epoch of [2 * index + 1, 2 * index + 2]) {
      for (const done of [64, 200])
        yield { event: 'progress', stage: 'train', phase, epoch, epochs: 4, done, total: 200 }
      const [train, validation] = [figures(0.5 / epoch), figures(0.6 / epoch)]
      const common = { phase, learningRate: 1e-3, isBest: epoch !== 3, seconds: 1.5 }
      yield { event: 'epoch', epoch, train, validation, ...common }
    }
  }
}

function display(isTTY: boolean, isQuiet = false) {
  const [stderr, clock] = [fakeStream(isTTY, 90), fakeClock()]
  const context = { stderr, clock, environment: { NO_COLOR: '1' } } as unknown as CommandContext
  return { stderr, clock, shown: trainingDisplay(context, isQuiet) }
}

test('trainingDisplay() in a log writes what stays, and where it is every ten seconds', () => {
  const { stderr, clock, shown } = display(false)
  for (const event of story()) {
    clock.advance(4000)
    shown.show(event)
  }
  shown.say('Stopping')
  shown.close()
  matchesGolden('cli/golden/train-log.txt', stderr.writes.join(''))
})

test('trainingDisplay() on a terminal draws the run above the stage, and leaves rows and no bar', () => {
  const { stderr, clock, shown } = display(true)
  const moments: string[] = []
  for (const event of story()) {
    clock.advance(400)
    shown.show(event)
    if (event.event === 'progress' && event.done < event.total)
      moments.push('---', ...screenOf(stderr.writes, 90).slice(-4))
  }
  shown.close()
  moments.push('--- at the end', ...screenOf(stderr.writes, 90))
  matchesGolden('cli/golden/train-terminal.txt', `${moments.join('\n')}\n`)
})

test('trainingDisplay() draws a download of weights, and takes it away when the run begins', () => {
  const { stderr, clock, shown } = display(true)
  const nowhere = { phase: null, epoch: null, epochs: null }
  shown.show({ event: 'progress', stage: 'download', ...nowhere, done: 2_000_000, total: 8_000_000 })
  clock.advance(400)
  shown.show({ event: 'progress', stage: 'download', ...nowhere, done: 4_000_000, total: 8_000_000 })
  assert.match(screenOf(stderr.writes, 90).join('\n'), /^weights +━+─+ +4,000\/8,000/)
  for (const event of story()) if (event.event === 'start') shown.show(event)
  assert.ok(!screenOf(stderr.writes, 90).join('\n').includes('weights'))
})

test('trainingDisplay() when quiet writes nothing', () => {
  const { stderr, shown } = display(true, true)
  for (const event of story()) shown.show(event)
  shown.close()
  assert.deepEqual(stderr.writes, [])
})

const outcome: Outcome = {
  run: 'runs/my cats',
  examples: 200,
  accuracy: 0.98,
  accuracyInterval: { low: 0.95, high: 0.992 },
  loss: 0.0612,
  macroF1: 0.9798,
  rocAuc: 0.998,
  bestEpoch: 12,
  epochs: 14,
  seconds: 83,
}

test('resultLines() says how good, where, and what next, in words that a shell takes', () => {
  matchesGolden(
    'cli/golden/train-result.txt',
    `${resultLines(outcome, ['my cats/'], plain, {}).join('\n')}\n`,
  )
})

test('resultLines() says how wide the interval is where fewer than 200 images were held out', () => {
  const lines = resultLines({ ...outcome, examples: 199 }, ['cats/'], plain, {})
  assert.ok(
    lines.includes('measured on 199 images: the interval is 4.2 points wide, and --folds 5 would narrow it'),
  )
})

test('resultLines() gives the figures of all folds in place of how little a small set says', () => {
  const accuracyInterval = { low: 0.952, high: 0.983 }
  const folded = { folds: 5, examples: 400, accuracy: 0.9725, accuracyInterval, macroF1: 0.97 }
  const crossValidation = { ...folded, perFold: [0.95, 0.975, 0.9875, 0.975, 0.975] }
  const lines = resultLines({ ...outcome, examples: 40, crossValidation }, ['cats/'], plain, {})
  assert.equal(
    lines[2],
    'cross-validated accuracy 97.25% (95% interval 95.2% to 98.3%) on 400 images, in 5 folds from 95.0% to 98.8%',
  )
  assert.ok(!lines.join().includes('points wide'))
})

test('resultLine() says all that matters in one line', () => {
  assert.equal(
    resultLine(outcome),
    'runs/my cats: validation accuracy 98.00% (95% interval 95.0% to 99.2%), loss 0.0612, macro F1 0.9798, ROC AUC 0.9980',
  )
})

test('resultLine() of a run without validation claims nothing', () => {
  const none = { accuracy: null, accuracyInterval: null, loss: null, macroF1: null, rocAuc: null }
  assert.equal(
    resultLine({ ...outcome, ...none }),
    'runs/my cats: no example was held out, so the accuracy is unknown',
  )
})
