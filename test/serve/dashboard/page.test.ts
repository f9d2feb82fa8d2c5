/** The dashboard in a real browser: it fills in, follows, stops a run, and is accessible. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { contactSheet } from '../../../src/pipeline/contact-sheet.ts'
import { tryLock } from '../../../src/pipeline/lock.ts'
import { type Dashboard, openDashboard } from '../../../src/serve/dashboard/open-dashboard.ts'
import { assertAccessible, openBrowser, openPage, views } from '../../page/browser.ts'
import { madeRun, predictions, progress, tellEpoch, tellLive } from './made-run.ts'

/** A dashboard of one run under way and one that was stopped. */
async function opened(context: TestContext): Promise<{ dashboard: Dashboard; run: string; release(): void }> {
  const root = mkdtempSync(join(tmpdir(), 'graft-page-'))
  const old = madeRun(root, 'old')
  tellEpoch(old, 1, 0.5)
  tellLive(old, progress(1, 1, 100), { at: 2, event: 'end', how: 'stopped', message: null })
  const run = madeRun(root, 'under <way>')
  const release = tryLock(join(run, 'run.lock'))!
  writeFileSync(join(run, 'watched.jpg'), await contactSheet(new Uint8Array(3 * 32 * 32 * 3), 32))
  tellLive(run, { at: Date.now(), event: 'start' }, progress(1000, 1, 50, 0.9), progress(3000, 1, 100, 0.8))
  tellLive(run, predictions(3001, 1, [1, 1, 0]))
  tellEpoch(run, 1, 0.6)
  const dashboard = await openDashboard(root, { port: 0, pace: 50 })
  context.after(async () => {
    await dashboard.close()
    rmSync(root, { recursive: true, force: true })
  })
  return { dashboard, run, release }
}

test('the dashboard shows a run, follows it, and stops it', async context => {
  const browser = await openBrowser(context)
  if (browser === undefined) return
  const { dashboard, run, release } = await opened(context)
  const { page, errors } = await openPage(browser, dashboard.url)
  const text = async (selector: string): Promise<string> => (await page.locator(selector).textContent())!
  await page.waitForSelector('#wall li')
  assert.equal(await text('#run-title'), 'under <way> Training')
  assert.match(await text('#figures'), /1 of 4[\s\S]*25[\s\S]*images a second/)
  assert.equal(await page.locator('#runs tbody tr').count(), 2)
  assert.match(await text('#watched-about'), /After epoch 1, 2 of these 3 are right/)
  assert.match(
    (await page.locator('#loss svg[role=img]').getAttribute('aria-label'))!,
    /validation 0.4 at epoch 1/,
  )

  tellLive(run, progress(4000, 2, 100, 0.4), predictions(4001, 2, [0, 1, 0]))
  tellEpoch(run, 2, 0.9)
  await page.getByText('was <b>warm</b>').waitFor()
  assert.match(
    (await page.locator('#loss svg[role=img]').getAttribute('aria-label'))!,
    /steps end 0.4 at epoch 2/,
  )

  await page.getByRole('button', { name: 'Stop' }).press('Enter')
  await page.getByText('ends at the next step').waitFor()
  assert.ok(existsSync(join(run, 'run.stop')))
  rmSync(join(run, 'run.stop'))
  writeFileSync(join(run, 'report.html'), '')
  tellLive(run, { at: Date.now(), event: 'end', how: 'done', message: null })
  release()
  await page.getByRole('link', { name: 'Open the report' }).waitFor()

  await page.getByRole('button', { name: 'old' }).press('Enter')
  await page.getByText('was stopped and left a checkpoint').waitFor()
  assert.equal(await page.evaluate('document.activeElement.textContent'), 'old')
  assert.deepEqual(errors, [])
})

for (const [name, view] of Object.entries(views)) {
  test(`the dashboard has no fault that axe-core finds: ${name}`, async context => {
    const browser = await openBrowser(context)
    if (browser === undefined) return
    const { dashboard } = await opened(context)
    const { page, errors } = await openPage(browser, dashboard.url, view)
    await page.waitForSelector('#wall li')
    await assertAccessible(page)
    assert.deepEqual(errors, [])
  })
}
