/** The try-it page in a real Chromium, with a server of a made classifier behind it. */
import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { serve } from '../../src/serve/server.ts'
import { assertAccessible, openBrowser, openPage, type View, views } from '../page/browser.ts'
import { bundle, markup, png } from './made-server.ts'

const server = await serve(bundle, { port: 0, workers: 1 })
after(() => server.close())
const image = await png(120, 80)
const file = (name: string): { name: string; mimeType: string; buffer: Buffer } => ({
  name,
  mimeType: 'image/png',
  buffer: image,
})

interface Opened {
  readonly page: Page
  readonly errors: readonly string[]
}

async function open(
  context: TestContext,
  view?: View,
  flags?: readonly string[],
): Promise<Opened | undefined> {
  const browser = await openBrowser(context, flags)
  if (browser === undefined) return undefined
  return openPage(browser, server.url, view)
}

/** Waits until so many pictures have their answers. */
async function answers(page: Page, count: number): Promise<void> {
  await page
    .locator('.answer .scores')
    .nth(count - 1)
    .waitFor()
}

test('the page answers chosen files, shows labels as text, and says the answers aloud', async context => {
  const opened = await open(context)
  if (opened === undefined) return
  const { page, errors } = opened
  await page.setInputFiles('#files', [file('a.png'), file('b.png')])
  await answers(page, 2)
  assert.equal(await page.title(), 'nothing - Graft')
  assert.deepEqual((await page.locator('.answer h3').allTextContents()).sort(), ['a.png', 'b.png'])
  const labels = await page.locator('.answer').first().locator('.label').allTextContents()
  assert.deepEqual(labels.sort(), [markup, 'ant', 'bee'].sort())
  assert.match((await page.locator('#status').textContent())!, /^[ab]\.png: .*, [<>\d.]+%$/)
  assert.deepEqual(errors, [])
})

for (const [name, view] of Object.entries(views)) {
  test(`the page is accessible and fits: ${name}`, async context => {
    const opened = await open(context, view)
    if (opened === undefined) return
    const { page, errors } = opened
    await assertAccessible(page)
    await page.setInputFiles('#files', [file('a.png'), file(`${'long'.repeat(30)}.png`)])
    await answers(page, 2)
    await page.check('#where')
    await assertAccessible(page)
    assert.deepEqual(errors, [])
  })
}

test('the page works by keyboard alone', async context => {
  const opened = await open(context)
  if (opened === undefined) return
  const { page } = opened
  const chooser = page.waitForEvent('filechooser')
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate('document.activeElement.id'), 'choose')
  await page.keyboard.press('Enter')
  await (await chooser).setFiles([file('a.png')])
  await answers(page, 1)
  await page.keyboard.press('Tab') // the camera
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  assert.ok(await page.isChecked('#where'))
})

/** Hands a file to the page as the event of that name does. */
function handOver(page: Page, event: 'paste' | 'drop'): Promise<void> {
  const made = event === 'paste' ? 'ClipboardEvent' : 'DragEvent'
  const member = event === 'paste' ? 'clipboardData' : 'dataTransfer'
  return page.evaluate(`{
    const given = new DataTransfer()
    given.items.add(new File([Uint8Array.from([${[...image]}])], '${event}.png', { type: 'image/png' }))
    const options = { bubbles: true, cancelable: true, ${member}: given }
    document.body.dispatchEvent(new ${made}('${event}', options))
  }`)
}

test('the page takes what is pasted and what is dropped', async context => {
  const opened = await open(context)
  if (opened === undefined) return
  await handOver(opened.page, 'paste')
  await handOver(opened.page, 'drop')
  await answers(opened.page, 2)
  assert.deepEqual(await opened.page.locator('.answer h3').allTextContents(), ['drop.png', 'paste.png'])
})

test('the page shows heat maps over the pictures when it is asked to', async context => {
  const opened = await open(context)
  if (opened === undefined) return
  const { page } = opened
  await page.setInputFiles('#files', [file('a.png')])
  await answers(page, 1)
  const heat = page.locator('.heat')
  assert.equal(await heat.count(), 0) // what nobody looks at is not computed
  await page.check('#where')
  await heat.waitFor()
  const opacity = `getComputedStyle(document.querySelector('.heat')).opacity`
  assert.equal(await page.evaluate(opacity), '1')
  await page.uncheck('#where')
  assert.equal(await page.evaluate(opacity), '0')
  await page.setInputFiles('#files', [file('b.png')])
  await answers(page, 2)
  assert.equal(await heat.count(), 1)
  await page.check('#where')
  await heat.nth(1).waitFor()
  const [over, under] = [
    await heat.first().boundingBox(),
    await page.locator('.frame img').first().boundingBox(),
  ]
  for (const side of ['x', 'y', 'width', 'height'] as const)
    assert.ok(Math.abs(over![side] - under![side]) < 1, side)
})

test('the page says what is wrong with a file, and goes on', async context => {
  const opened = await open(context)
  if (opened === undefined) return
  const { page } = opened
  await page.setInputFiles('#files', [
    { name: 'letter.png', mimeType: 'image/png', buffer: Buffer.from('Dear all') },
    file('a.png'),
  ])
  await answers(page, 1)
  await page.waitForSelector('.answer .bad')
  assert.match(
    (await page.locator('.answer .bad').textContent())!,
    /^Cannot read "letter\.png" as an image: it holds text/,
  )
})

const fakeCamera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']

test('the page asks for the camera on a click only, answers what it sees, and lets go of it', async context => {
  const opened = await open(context, undefined, fakeCamera)
  if (opened === undefined) return
  const { page, errors } = opened
  assert.equal(await page.evaluate(`document.querySelector('video').srcObject`), null)
  await page.click('text=Use the camera')
  await page.waitForSelector('#camera-outcome .scores')
  await assertAccessible(page)
  await page.click('text=Take a picture')
  await answers(page, 1)
  const track = await page.evaluateHandle(`document.querySelector('video').srcObject.getTracks()[0]`)
  await page.click('text=Stop the camera')
  assert.equal(
    await track.evaluate(ended => (ended as unknown as { readyState: string }).readyState),
    'ended',
  )
  assert.ok(await page.isHidden('#camera-panel'))
  assert.deepEqual(errors, [])
})

test('the page says so where there is no camera', async context => {
  const opened = await open(context)
  if (opened === undefined) return
  await opened.page.click('text=Use the camera')
  assert.match(
    (await opened.page.locator('#camera-outcome .bad').textContent())!,
    /^(No camera was found|The camera )/,
  )
  assert.ok(await opened.page.isVisible('text=Use the camera'))
})
