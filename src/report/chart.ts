/**
 * The border to the packages that draw: Observable Plot, on a document of linkedom's.
 *
 * The build bundles both into this file (scripts/build.mjs), so it may import nothing else.
 */
import { type PlotOptions, plot } from '@observablehq/plot'
import { DOMParser, parseHTML } from 'linkedom'

export type { Markish as Mark } from '@observablehq/plot'
export { axisX, axisY, dot, gridX, gridY, line, lineY, ruleX, ruleY, text } from '@observablehq/plot'

/** As much of an SVG element as the charts use. */
export interface SvgElement {
  readonly tagName: string
  readonly parentElement: SvgElement | null
  readonly children: Iterable<SvgElement>
  textContent: string
  readonly outerHTML: string
  getAttribute(name: string): string | null
  getAttributeNames(): string[]
  setAttribute(name: string, value: string): void
  removeAttribute(name: string): void
  append(...children: SvgElement[]): void
  replaceWith(...others: SvgElement[]): void
  remove(): void
  querySelectorAll(selector: string): Iterable<SvgElement>
}

const { document } = parseHTML('<html></html>')
const namespace = 'http://www.w3.org/2000/svg'

/**
 * Draws one chart, to be placed in another SVG from which it takes its font and ink.
 *
 * Plot's own style sheet is dropped: it is for web pages, and other programs stumble over it.
 */
export function draw(options: PlotOptions): SvgElement {
  const chart = plot({ ...options, document }) as unknown as SvgElement
  for (const style of chart.querySelectorAll('style')) style.remove()
  for (const name of ['class', 'fill', 'font-family', 'font-size']) chart.removeAttribute(name)
  return chart
}

/** An SVG element with attributes and children; a string becomes text. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly (SvgElement | string)[]
): SvgElement {
  const result = document.createElementNS(namespace, name) as unknown as SvgElement
  for (const [key, value] of Object.entries(attributes)) result.setAttribute(key, String(value))
  for (const child of children)
    if (typeof child === 'string') result.textContent = child
    else result.append(child)
  return result
}

/** Reads what `toSvg` wrote. */
export function fromSvg(text: string): SvgElement {
  return new DOMParser().parseFromString(text, 'image/svg+xml').documentElement as unknown as SvgElement
}

/** A whole SVG file. Coordinates are rounded to hundredths of a pixel, so that every machine writes the same bytes. */
export function toSvg(root: SvgElement): string {
  root.setAttribute('xmlns', namespace)
  const rounded = (tag: string): string =>
    tag.replace(/-?\d+\.\d{3,}/g, digits => `${+Number(digits).toFixed(2)}`)
  return `${root.outerHTML.replace(/<[^>]*>/g, rounded)}\n`
}
