/** Servers of small made classifiers, and requests to them. */
import type { TestContext } from 'node:test'
import { buildBundle } from '../../src/bundle/build.ts'
import type { ServeOptions } from '../../src/serve/options.ts'
import { type Server, serve } from '../../src/serve/server.ts'
import { tinyParts } from '../bundle/made.ts'
import { encode, smoothImage } from '../pipeline/pictures.ts'

/** A class name that would do harm as markup. */
export const markup = `<img src=x onerror="document.title='harm'">`

export const bundle: Uint8Array = buildBundle(tinyParts({ classNames: ['ant', 'bee', markup] }))

/** A server on a free port, closed after the test. */
export async function startServer(context: TestContext, options: ServeOptions = {}): Promise<Server> {
  const server = await serve(bundle, { port: 0, workers: 2, threads: 2, ...options })
  context.after(() => server.close())
  return server
}

/** A PNG file of a smooth picture. */
export function png(width = 40, height = 30): Promise<Buffer> {
  return encode(smoothImage(width, height)).png().toBuffer()
}

/** An answer's status, headers and JSON. */
export interface Received {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}

/** Whatever an answer may hold. */
export interface Body {
  readonly predictions?: readonly { readonly label: string; readonly score: number }[]
  readonly unknown?: boolean
  readonly unfamiliarity?: number | null
  readonly heatmap?: { readonly rows: number; readonly columns: number; readonly values: readonly number[] }
  readonly images?: readonly (Body & { readonly name: string })[]
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string | null }
}

export async function post(
  url: string,
  body: Uint8Array | FormData | string,
  headers: Record<string, string> = {},
): Promise<Received> {
  const response = await fetch(url, { method: 'POST', body, headers })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body }
}

/** A form with files by their names. */
export function formOf(files: Readonly<Record<string, Uint8Array | string>>): FormData {
  const form = new FormData()
  for (const [name, content] of Object.entries(files)) form.append('image', new Blob([content]), name)
  return form
}
