/** A complete page in one file: its styles and scripts are inside, and its policy lets nothing else in. */
import { createHash } from 'node:crypto'
import { type Html, html, trusted } from './html.ts'
import { theme } from './theme.ts'

export interface PageParts {
  readonly title: string
  /** What stands between `<body>` and `</body>`: a `header`, a `main` and a `footer`. */
  readonly body: Html
  /** More rules, after the theme's. */
  readonly styles?: string
  /** A program of ours, run as a module once the page is there. */
  readonly script?: string
  /** Data for the program, which finds it in the element `#data` as JSON. */
  readonly data?: unknown
  /** Where the program may send requests: nowhere (the default), or to its own server. */
  readonly connect?: 'none' | 'self'
  /** More sources for the policy, beside its own, such as `{ 'worker-src': "'self'" }`. */
  readonly policy?: Readonly<Record<string, string>>
}

/** A leaf. Without an icon of the page's own, browsers ask its server for one. */
const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#2b6a3f" d="M14 1C6 1 2 5 2 10q0 2 1 3l6-6-5 7q1 1 2 1c6 0 8-6 8-14"/></svg>',
)}`

/** The page's text. Pictures have to be `data:` or `blob:` URLs, or, where it may connect, its own server's. */
export function pageDocument(parts: PageParts): string {
  const { title, body, script, data } = parts
  const style = theme + (parts.styles ?? '')
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(parts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Graft">
<link rel="icon" href="${icon}">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
${body}
${data !== undefined && html`<script type="application/json" id="data">${trusted(scriptJson(data))}</script>`}
${script !== undefined && html`<script type="module">${trusted(script)}</script>`}
</body>
</html>
`
  return page.text
}

/** The Content-Security-Policy of a page (W3C CSP Level 3): styles inline, one script by its hash, nothing from afar. */
export function contentPolicy({
  script,
  connect = 'none',
  policy = {},
}: Pick<PageParts, 'script' | 'connect' | 'policy'>): string {
  const own = connect === 'self' ? "'self'" : ''
  const sources: Record<string, string> = {
    'default-src': "'none'",
    'style-src': "'unsafe-inline'",
    'img-src': `data: blob: ${own}`.trim(),
    'script-src': script === undefined ? "'none'" : `'sha256-${sha256(script)}'`,
    'connect-src': own || "'none'",
    'base-uri': "'none'",
    'form-action': "'none'",
  }
  for (const [name, more] of Object.entries(policy)) sources[name] = withMore(sources[name], more)
  return Object.entries(sources)
    .map(([name, source]) => `${name} ${source}`)
    .join('; ')
}

/** `'none'` stands alone or not at all. */
function withMore(sources: string | undefined, more: string): string {
  return sources === undefined || sources === "'none'" ? more : `${sources} ${more}`
}

/** JSON that cannot end the element it stands in. */
function scriptJson(data: unknown): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c')
}

/** As the browser hashes it: a script's text must not hold the end of its own element. */
function sha256(script: string): string {
  if (/<\/script/i.test(script)) throw new RangeError('Expected a script without "</script" in it')
  return createHash('sha256').update(script).digest('base64')
}
