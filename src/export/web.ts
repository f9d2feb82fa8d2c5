/** A classifier as a static web site: one page, its bundle, and the engine. */
import { readdirSync } from 'node:fs'
import { isExplainable } from '../bundle/heat-graph.ts'
import type { Bundle } from '../bundle/load-bundle.ts'
import { html } from '../page/html.ts'
import { pageScript } from '../page/script.ts'
import { tryPage } from '../page/try.ts'
import { formatCount, formatPercent } from '../util/format.ts'
import type { ExportFiles } from './files.ts'

/** The bundle's name in the folder. */
export const webBundle = 'best.onnx'

/** The folder of the engine's files, and where the build left them. */
export const engineFolder = 'ort'
const engine = new URL(`../web/${engineFolder}/`, import.meta.url)

/**
 * The files of the site. It works from any static server, also from a folder below its root, and sends nothing.
 *
 * @param bytes the bundle
 * @param title the classifier's name
 */
export function webFiles(bundle: Bundle, bytes: Uint8Array, title: string): ExportFiles {
  const engineFiles = readdirSync(engine).map(
    name => [`${engineFolder}/${name}`, new URL(name, engine)] as const,
  )
  const licences = new URL('../web/exported.page.licences.txt', import.meta.url)
  return new Map<string, string | Uint8Array | URL>([
    ['index.html', page(bundle.facts, title, isExplainable(bundle))],
    [webBundle, bytes],
    ...engineFiles,
    ['LICENCES.txt', licences],
  ])
}

function page(
  { classNames, preprocessing, card }: Bundle['facts'],
  title: string,
  explains: boolean,
): string {
  const { validation } = card.figures
  const measured =
    validation &&
    html` It was right on ${formatPercent(validation.accuracy)} of ${formatCount(validation.examples)} pictures that it had not been taught.`
  return tryPage({
    title,
    classNames,
    fit: preprocessing.fit,
    explains,
    privacy: 'Pictures stay on this device: the classifier runs in this page.',
    script: pageScript('exported'),
    connect: 'self',
    policy: { 'script-src': "'self' 'wasm-unsafe-eval'", 'worker-src': "'self' blob:" },
    data: { bundle: webBundle },
    footer: html`<p>${measured} <span id="engine" role="status">The classifier is on its way.</span></p>`,
  })
}
