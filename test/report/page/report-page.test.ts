import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { evaluatePredictions } from '../../../src/evaluate/evaluation.ts'
import { reportPage } from '../../../src/report/page/report-page.ts'
import type { RunReport } from '../../../src/report/page/types.ts'
import { assertAccessible, openBrowser, openPage, views } from '../../page/browser.ts'
import { temporaryFolder } from '../../pipeline/pictures.ts'
import { madeFolds, madePredictions, madeReport } from '../made-report.ts'

/** Without the tags, as a reader has it. */
const textOf = (page: string): string => page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')

test('reportPage() is one file: it names no address, and the same report gives the same bytes', () => {
  const page = reportPage(madeReport(2, 120))
  assert.deepEqual(page.match(/(?:src|href|url)\s*[=(]\s*["']?(?!data:)[a-z]+:/gi), null)
  assert.equal(reportPage(madeReport(2, 120)), page)
})

test('reportPage() shows a label with markup in it as text, also in a classifier of many classes', () => {
  for (const classes of [2, 30]) {
    const page = reportPage(madeReport(classes, 300))
    assert.ok(!page.includes('<img src=x'))
    assert.ok(page.includes('&lt;img src=x onerror='))
  }
})

test('reportPage() gives the figures of the evaluation with their intervals, and says when few pictures were held out', () => {
  const { evaluation } = madeReport(2, 120).validation!
  const text = textOf(reportPage(madeReport(2, 120)))
  assert.ok(text.includes(`${(evaluation.accuracy * 100).toFixed(2)}%`))
  assert.ok(text.includes(evaluation.rocAuc!.toFixed(4)))
  assert.match(text, /95% interval \d+\.\d% to \d+\.\d%/)
  assert.match(text, /Only 120 pictures were held out: the interval is \d+\.\d points wide/)
  assert.ok(!textOf(reportPage(madeReport(2, 400))).includes('were held out: the interval'))
})

test('reportPage() shows test before validation, and takes the confusions from it', () => {
  const predictions = madePredictions(2, 260)
  const held = { evaluation: evaluatePredictions(predictions), predictions }
  const text = textOf(reportPage(madeReport(2, 300, { test: held })))
  assert.ok(text.indexOf('On the test examples') < text.indexOf('On the validation examples'))
  assert.match(text, /Each row is what a test picture is/)
})

test('reportPage() shows the figures of folds, of each and of all, and nothing of them for a run without', () => {
  const page = reportPage(madeReport(2, 120, { crossValidation: madeFolds }))
  assert.match(textOf(page), /networks\. Accuracy 89.00% 95% interval 81.4% to 93.7%/)
  assert.match(textOf(page), /Folds 5 accuracy from 85.0% to 95.0%/)
  assert.match(page, /aria-label="Accuracy of each fold: 90.00%, 85.00%, 95.00%, 85.00%, 90.00%;/)
  assert.doesNotMatch(reportPage(madeReport(2, 120)), /id="folds"/)
})

test('reportPage() tells what is missing: no examples, no answers, no pictures', () => {
  const { validation } = madeReport(2, 120)
  const nothing: Partial<RunReport> = {
    validation: null,
    counts: null,
    gallery: { wrong: [], uncertain: [], missing: [] },
  }
  assert.match(textOf(reportPage(madeReport(2, 120, nothing))), /No example was held out/)
  const withoutAnswers = reportPage(
    madeReport(2, 120, {
      validation: { ...validation!, predictions: null },
      notes: ['The answers are gone.'],
    }),
  )
  assert.ok(!withoutAnswers.includes('ROC curve') && withoutAnswers.includes('The answers are gone.'))
  assert.match(textOf(reportPage(madeReport(2, 120))), /1 of the pictures cannot be shown.*d\.jpg/)
})

test('reportPage() of 2 and of 60 classes is right by axe-core on a phone and in the dark, and runs no label', async context => {
  const browser = await openBrowser(context)
  if (browser === undefined) return
  const folder = temporaryFolder(context)
  for (const classes of [2, 60]) {
    const file = join(folder, `${classes}.html`)
    writeFileSync(file, reportPage(madeReport(classes, 400, { crossValidation: madeFolds })))
    for (const view of classes === 2 ? [views.phone, views.dark] : [views.phone]) {
      const { page, context: window, errors } = await openPage(browser, pathToFileURL(file).href, view)
      await assertAccessible(page)
      assert.match(await page.title(), /^made of <img/)
      assert.deepEqual(errors, [])
      await window.close()
    }
  }
})

test('the heat maps of reportPage() are switched on with the keyboard alone, without a program', async context => {
  const browser = await openBrowser(context)
  if (browser === undefined) return
  const file = join(temporaryFolder(context), 'report.html')
  writeFileSync(file, reportPage(madeReport(2, 120)))
  const { page } = await openPage(browser, pathToFileURL(file).href)
  const opacity = (): Promise<string> =>
    page.evaluate(`getComputedStyle(document.querySelector('.heat')).opacity`)
  assert.equal(await opacity(), '0')
  await page.focus('#heat-on')
  await page.keyboard.press('Space')
  assert.equal(await opacity(), '1')
})
