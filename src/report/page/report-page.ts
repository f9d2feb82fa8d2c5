/** `report.html`: everything about a run on one page, in one file, with nothing fetched. */
import { pageDocument } from '../../page/document.ts'
import { type Html, html } from '../../page/html.ts'
import { formatCount, formatPercent } from '../../util/format.ts'
import { calibrationSection } from './calibration.ts'
import { balanceSection, classSection } from './classes.ts'
import { confusionSection } from './confusion.ts'
import { crossValidationSection } from './cross-validation.ts'
import { factsSection } from './facts.ts'
import { gallerySection } from './gallery.ts'
import { headlineSection } from './headline.ts'
import { rankingSection } from './ranking-curves.ts'
import { reportStyles } from './styles.ts'
import { trainingSection } from './training.ts'
import type { RunReport } from './types.ts'

/** The page's name in a run folder. */
export const reportFileName = 'report.html'

/** The page's text; the same report gives the same bytes. */
export function reportPage(report: RunReport): string {
  return pageDocument({
    title: `${report.name} - report`,
    styles: reportStyles,
    body: html`${header(report)}
<main>
${report.notes.map(note => html`<p class="warn">${note}</p>`)}
${headlineSection(report)}
${crossValidationSection(report.crossValidation)}
${trainingSection(report)}
${evaluationSections(report)}
${gallerySection(report.gallery, report.classNames)}
${report.counts !== null && balanceSection(report.counts)}
${factsSection(report)}
</main>
<footer class="end"><p>Made by Graft ${report.record.versions['graft']}. This page is one file: nothing is fetched, and nobody is told that it was opened.</p></footer>`,
  })
}

function header({ name, run, classNames, validation, test }: RunReport): Html {
  const held = test ?? validation
  const figure =
    held === null
      ? ''
      : ` It is right on ${formatPercent(held.evaluation.accuracy)} of the pictures held out.`
  return html`<header class="top"><h1>${name}</h1>
<p class="quiet">A classifier of ${formatCount(classNames.length)} classes, trained by Graft into <code>${run}</code>.${figure}</p></header>`
}

/** On test, by which nothing was chosen, where there is one. */
function evaluationSections({ validation, test, classNames, temperature }: RunReport): Html {
  const [split, held] = test === null ? (['validation', validation] as const) : (['test', test] as const)
  if (held === null) return html``
  const { evaluation, predictions } = held
  return html`${confusionSection(evaluation, classNames, split)}
${classSection(evaluation, classNames, split)}
${predictions !== null && rankingSection(predictions, classNames)}
${predictions !== null && calibrationSection(predictions, temperature, split)}`
}
