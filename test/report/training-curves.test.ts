/** Training curves: kept pictures, and what must be in every one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromSvg, type SvgElement } from '../../src/report/chart.ts'
import { trainingCurves } from '../../src/report/training-curves.ts'
import type { EpochRecord } from '../../src/report/types.ts'
import { matchesGolden } from '../golden.ts'
import { epochOf, tutorialRun } from './records.ts'

const textsOf = (svg: string): string[] =>
  [...fromSvg(svg).querySelectorAll('text')].map(text => text.textContent)

const shapesOf = (svg: string, selector: string): SvgElement[] => [...fromSvg(svg).querySelectorAll(selector)]

function assertNumbersAreFinite(svg: string): void {
  assert.doesNotMatch(svg, /NaN|Infinity|undefined|null/)
}

test('trainingCurves() of the tutorial looks as it did', () => {
  const note = 'MobileNetV2 alpha 0.35, 96 px, recipe tutorial'
  matchesGolden(
    'report/golden/tutorial.svg',
    trainingCurves(tutorialRun(30, 30), { title: 'cactus', note }).svg,
  )
})

test('trainingCurves() of a single epoch looks as it did', () => {
  matchesGolden('report/golden/one-epoch.svg', trainingCurves(tutorialRun(1, 0), { title: 'photos' }).svg)
})

test('trainingCurves() with gaps and a title of odd letters looks as it did', () => {
  const records = Array.from({ length: 12 }, (_, i) => {
    const gap = [2, 4, 9, 11, 12].includes(i + 1)
    return epochOf(
      i + 1,
      i < 5 ? 'head' : 'fine-tune',
      gap ? null : 0.5 + i / 40,
      gap ? Number.NaN : 1 / (i + 1),
    )
  })
  matchesGolden(
    'report/golden/gaps.svg',
    trainingCurves(records, { title: 'größe & <Ärger> "猫" 0.12345' }).svg,
  )
})

test('trainingCurves() rules each later phase once a panel, and names it once', () => {
  const phases = ['head', 'fine-tune', 'fine-tune', 'polish', 'polish', 'polish']
  const { svg } = trainingCurves(
    phases.map((phase, i) => epochOf(i + 1, phase, 0.9, 0.1)),
    { title: 'x' },
  )
  assert.equal(shapesOf(svg, '[stroke-dasharray] line').length, 4)
  const labels = textsOf(svg).filter(text => text.startsWith('start of'))
  assert.deepEqual(labels, ['start of fine-tuning', 'start of polish'])
})

test('trainingCurves() marks the epoch of the highest validation accuracy, the first of equals', () => {
  const records = [0.5, 0.9, 0.7, 0.9].map((accuracy, i) => epochOf(i + 1, 'head', accuracy, 0.3))
  const texts = textsOf(trainingCurves(records, { title: 'x' }).svg)
  assert.ok(texts.includes('best 90.0%, epoch 2'))
  assert.ok(texts.includes('Validation accuracy 90.00%, loss 0.300 at epoch 2 of 4'))
})

test('trainingCurves() marks the epoch that it is told', () => {
  const records = [0.5, 0.9, 0.7].map((accuracy, i) => epochOf(i + 1, 'head', accuracy, 0.3))
  assert.ok(textsOf(trainingCurves(records, { title: 'x', best: 3 }).svg).includes('best 70.0%, epoch 3'))
})

test('trainingCurves() names both curves with their last values', () => {
  const records = [0.5, 0.875, null].map((accuracy, i) => epochOf(i + 1, 'head', accuracy, 0.25))
  const texts = textsOf(trainingCurves(records, { title: 'x' }).svg)
  for (const name of ['train 87.5%', 'validation 87.5%', 'train 0.250', 'validation 0.250'])
    assert.ok(texts.includes(name), name)
})

test('trainingCurves() draws any run with finite coordinates inside the picture', () => {
  const runs: Readonly<Record<string, readonly EpochRecord[]>> = {
    'nothing known': [1, 2, 3].map(epoch => epochOf(epoch, 'head', null, Number.NaN)),
    perfect: [1, 2, 3].map(epoch => epochOf(epoch, 'head', 1, 0)),
    hopeless: [1, 2].map(epoch => epochOf(epoch, 'head', 0, 1e9)),
    diverged: [epochOf(1, 'head', 0.5, 1), epochOf(2, 'head', 0.5, Number.POSITIVE_INFINITY)],
    resumed: tutorialRun(30, 30).slice(40),
    'of 500 epochs': tutorialRun(100, 400),
  }
  for (const [name, records] of Object.entries(runs)) {
    const { svg } = trainingCurves(records, { title: name })
    assertNumbersAreFinite(svg)
    for (const text of shapesOf(svg, 'text[transform]')) {
      const [x, y] = text
        .getAttribute('transform')!
        .match(/-?[\d.]+/g)!
        .map(Number)
      assert.ok(x! >= -10 && x! <= 848 && y! >= -10 && y! <= 700, `${name}: ${text.outerHTML}`)
    }
  }
})

test('trainingCurves() has a white background and needs nothing from elsewhere', () => {
  const { svg } = trainingCurves(tutorialRun(2, 2), { title: 'x' })
  const [background] = shapesOf(svg, 'rect')
  assert.equal(background?.getAttribute('fill'), '#fff')
  assert.doesNotMatch(svg, /href|url\(|@import|<style|<script|currentColor/)
})

test('trainingCurves() gives the same bytes twice, and refuses a run without epochs', () => {
  const draw = (): string => trainingCurves(tutorialRun(5, 5), { title: 'x' }).svg
  assert.equal(draw(), draw())
  assert.throws(
    () => trainingCurves([], { title: 'x' }),
    /^RangeError: A training curve needs at least one epoch/,
  )
})
