/** HTML in which text is text, whatever it holds: a template tag that escapes what is put into it. */

/** Markup that was made here, not by a user. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

/** What a template takes: text and numbers are escaped, markup is left, lists are joined, nothing shows nothing. */
export type HtmlPart = string | number | Html | null | undefined | false | readonly HtmlPart[]

/** `` html`<b>${name}</b>` ``: safe between tags and inside of double-quoted attributes. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(strings.map((text, at) => (at === 0 ? text : markupOf(parts[at - 1]) + text)).join(''))
}

/** Markup from elsewhere in the program, such as a chart's SVG; never a user's text. */
export function trusted(markup: string): Html {
  return new Html(markup)
}

function markupOf(part: HtmlPart): string {
  if (part === null || part === undefined || part === false) return ''
  if (part instanceof Html) return part.text
  return Array.isArray(part) ? part.map(markupOf).join('') : escapeHtml(String(part))
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => entities[character]!)
}
