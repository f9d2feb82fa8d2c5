import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { comparePage } from '../../../src/report/page/compare-page.ts'
import { assertAccessible, openBrowser, openPage, views } from '../../page/browser.ts'
import { temporaryFolder } from '../../pipeline/pictures.ts'
import { madeComparison } from '../made-comparison.ts'

test('comparePage() of six runs is right by axe-core on a phone and in the dark, and runs no name', async context => {
  const page = comparePage(madeComparison(6))
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
