/** Pages in a real Chromium: opened, looked at by axe-core, photographed. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import type { TestContext } from 'node:test'
import axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const executable = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** Who looks at the page, and by what light. */
export interface View {
  /** Pixels of the window. */
  readonly width: number
  readonly height: number
  readonly isDark?: boolean
}

/** What every page is to be right in. */
export const views: Readonly<Record<'desktop' | 'phone' | 'dark', View>> = {
  desktop: { width: 1280, height: 900 },
  phone: { width: 360, height: 780 },
  dark: { width: 1280, height: 900, isDark: true },
}

/** A browser, with flags of Chromium, that closes with the test; undefined, and the test skipped, on a machine without Chromium. */
export async function openBrowser(
  context: TestContext,
  flags: readonly string[] = [],
): Promise<Browser | undefined> {
  if (!existsSync(executable)) {
    context.skip(`no ${executable}`)
    return undefined
  }
  // Its sandbox needs what a container or a root user does not have.
  const browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox', ...flags] })
  context.after(() => browser.close())
  return browser
}

/** A page, and what went wrong on it: exceptions, errors on the console (a breach of its policy is one), failed requests. */
export interface OpenedPage {
  readonly page: Page
  readonly context: BrowserContext
  readonly errors: readonly string[]
}

/** Opens an address, such as `pathToFileURL(file).href` or a server's. */
export async function openPage(
  browser: Browser,
  url: string,
  view: View = views.desktop,
): Promise<OpenedPage> {
  const { width, height, isDark = false } = view
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: isDark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', error => void errors.push(error.message))
  page.on('console', message => void (message.type() === 'error' && errors.push(message.text())))
  page.on(
    'requestfailed',
    request => void errors.push(`${request.url().slice(0, 200)}: ${request.failure()?.errorText}`),
  )
  await page.goto(url)
  return { page, context, errors }
}

/** Asserts that axe-core finds nothing wrong with the page as it is now, and that it fits the window's width. */
export async function assertAccessible(page: Page): Promise<void> {
  // Evaluated by the debugger, so the page's own policy need not let it in.
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run()
    return violations.map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html.slice(0, 200)} (${nodes.length})`,
    )
  })
  assert.deepEqual(found, [])
  const [content, window] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )
  assert.ok(content <= window, `the page is ${content} pixels wide in a window of ${window}`)
}

/** Writes a picture of the page, for people to look at: all of it, or the window. */
export async function photograph(page: Page, file: string, isWhole = true): Promise<void> {
  await page.screenshot({ path: file, fullPage: isWhole })
}
