import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type Comparison, comparePairs, pairWords } from '../../../src/report/compare.ts'
import { comparePage } from '../../../src/report/page/compare-page.ts'
import type { SavedPrediction } from '../../../src/report/predictions.ts'
import { assertAccessible, openBrowser, openPage, views } from '../../page/browser.ts'
import { temporaryFolder } from '../../pipeline/pictures.ts'
import { hostile, madeEpochs, madeReport } from '../made-report.ts'

/** Answers of a run of the classes a and b, each right or wrong, in the order of the ids. */
function answers(
  right: readonly boolean[],
  classNames: readonly string[] = ['a', 'b'],
  first = 0,
): SavedPrediction[] {
  return right.map((isRight, i) => ({
    split: 'validation',
    id: `${first + i}.jpg`,
    label: 'a',
    probabilities: classNames.map(name => ((name === 'a') === isRight ? 0.75 : 0.25)),
    source: { type: 'file', path: `${i}.jpg` },
  }))
}

const named = (run: string, given: SavedPrediction[], classNames = ['a', 'b']) => ({
  run,
  classNames,
  answers: given,
})
const all = (isRight: boolean, count: number): boolean[] => Array.from({ length: count }, () => isRight)

test('comparePairs() counts disagreements on common examples, by names of classes and not by their order', () => {
  const first = named('x', answers([...all(true, 12), ...all(false, 2)]))
  const second = named('y', answers([...all(false, 10), ...all(true, 4)], ['b', 'a']), ['b', 'a'])
  const [pair] = comparePairs([first, second])
  assert.deepEqual([pair!.common, pair!.onlyFirst, pair!.onlySecond], [14, 10, 2])
  // Two-sided binomial test of 2 of 12: 2 (1 + 12 + 66) / 4096.
  assert.ok(Math.abs(pair!.pValue - 158 / 4096) < 1e-12)
  assert.match(
    pairWords(pair!),
    /^x against y: of 14 common examples 10 only the first .* \(p = 0\.039\): x is better by more than chance$/,
  )
})

test('comparePairs() adjusts for the number of pairs, and tells runs without common examples apart from equals', () => {
  const good = named('good', answers(all(true, 12)))
  const bad = named('bad', answers([...all(false, 6), ...all(true, 6)]))
  const other = named('other', answers(all(true, 5), ['a', 'b'], 100))
  const pairs = comparePairs([good, bad, good, other])
  const raw = 2 / 2 ** 6
  assert.deepEqual(
    pairs.map(({ common }) => common),
    [12, 12, 0, 12, 0, 0],
  )
  assert.ok(Math.abs(pairs[0]!.adjusted! - 3 * raw) < 1e-12)
  assert.equal(pairs[2]!.adjusted, null)
  assert.match(pairWords(pairs[2]!), /no example in common/)
})

function comparison(count: number): Comparison {
  const { validation, classNames } = madeReport(2, 120)
  const runs = Array.from({ length: count }, (_, i) => ({
    run: i === 0 ? hostile : `runs/${i}`,
    recipe: 'auto',
    backbone: 'MobileNetV2',
    size: 96,
    classNames,
    split: 'validation' as const,
    evaluation: i === 1 ? null : validation!.evaluation,
    epochs: madeEpochs(3 + i, 2),
    seconds: 12,
    bytes: 1e6,
  }))
  const pairs = comparePairs(runs.map(({ run }) => named(run, answers([true, false]))))
  return { runs, pairs, withoutAnswers: ['runs/1'] }
}

test('comparePage() of six runs is right by axe-core on a phone and in the dark, and runs no name', async context => {
  const page = comparePage(comparison(6))
  assert.ok(!page.includes('<img src=x'))
  const browser = await openBrowser(context)
  if (browser === undefined) return
  const file = join(temporaryFolder(context), 'compare.html')
  writeFileSync(file, page)
  for (const view of [views.phone, views.dark]) {
    const opened = await openPage(browser, pathToFileURL(file).href, view)
    await assertAccessible(opened.page)
    assert.deepEqual(opened.errors, [])
    await opened.context.close()
  }
})
