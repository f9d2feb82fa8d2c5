/** The figures of a model card: overall, by class, and what is taken for what. */
import type { Evaluation } from '../evaluate/evaluation.ts'
import { type Interval, wilsonInterval } from '../evaluate/interval.ts'
import { formatCount, formatPercent } from '../util/format.ts'
import { escapeMarkdown, table } from './markdown.ts'
import type { ModelCard } from './types.ts'

/** The most classes and confusions that are listed one by one. */
const classesShown = 40
const confusionsShown = 5

/** Overall figures on validation and, where there is one, test. */
export function figureSection({ validation, test }: ModelCard): string {
  const evaluations = test === null ? [validation] : [validation, test]
  const rows = rowsFor(validation.perClass.length).map(([label, show]) => [label, ...evaluations.map(show)])
  const header = ['', 'validation', ...(test === null ? [] : ['test'])]
  return ['## How good it is', '', table(header, rows), '', judgement(test !== null)].join('\n')
}

type Row = readonly [label: string, show: (evaluation: Evaluation) => string]

function rowsFor(classes: number): Row[] {
  const ranking: readonly Row[] = [
    ['ROC AUC', ({ rocAuc }) => rocAuc?.toFixed(4) ?? '–'],
    ['ROC AUC, 95% interval', ({ rocAucInterval }) => areaInterval(rocAucInterval)],
    ['average precision', ({ averagePrecision }) => averagePrecision?.toFixed(4) ?? '–'],
  ]
  return [
    ['examples', ({ examples }) => formatCount(examples)],
    ['accuracy', ({ accuracy }) => formatPercent(accuracy, 2)],
    ['accuracy, 95% interval', ({ accuracyInterval }) => formatInterval(accuracyInterval)],
    ['balanced accuracy', ({ balancedAccuracy }) => formatPercent(balancedAccuracy, 2)],
    ['macro F1', ({ macroF1 }) => macroF1.toFixed(4)],
    ['loss (cross-entropy, nats)', ({ loss }) => loss.toPrecision(4)],
    ...(classes === 2 ? ranking : []),
    ['expected calibration error', ({ calibrationError }) => formatPercent(calibrationError, 2)],
  ]
}

function judgement(isTested: boolean): string {
  const basis = isTested
    ? 'Nothing was chosen by the test examples, so believe their figures before those of validation.'
    : 'The best epoch was chosen by these same examples, so expect a little less on new pictures.'
  return `${basis}\nAn interval is what the luck of which examples were set aside can explain, not other kinds of pictures.`
}

/** Precision, recall and F1 of each class, on test where there is one, and the commonest confusions. */
export function classSection({ classes, validation, test }: ModelCard): string {
  const evaluation = test ?? validation
  const all = evaluation.perClass.map((figures, k) => ({ ...figures, name: classes[k]!.name }))
  const isLong = all.length > classesShown
  const shown = isLong ? all.toSorted((a, b) => a.f1 - b.f1).slice(0, classesShown) : all
  const rows = shown.map(({ name, precision, recall, f1, support }) => [
    escapeMarkdown(name),
    formatPercent(precision),
    formatPercent(recall),
    formatInterval(wilsonInterval(Math.round(recall * support), support), 0),
    f1.toFixed(3),
    formatCount(support),
  ])
  const heading = isLong ? `The ${classesShown} hardest of ${formatCount(all.length)} classes` : 'By class'
  return [
    `### ${heading}, on ${test === null ? 'validation' : 'test'}`,
    '',
    table(['class', 'precision', 'recall', 'recall, 95% interval', 'F1', 'examples'], rows),
    ...confusions(
      evaluation,
      classes.map(({ name }) => name),
    ),
  ].join('\n')
}

/** The commonest mistakes, as a list; nothing where there are none. */
function confusions({ confusion, perClass }: Evaluation, names: readonly string[]): string[] {
  const mistakes = confusion.flatMap((row, truth) =>
    row
      .map((count, predicted) => ({ truth, predicted, count }))
      .filter(one => one.truth !== one.predicted && one.count > 0),
  )
  const lines = mistakes
    .sort((a, b) => b.count - a.count)
    .slice(0, confusionsShown)
    .map(({ truth, predicted, count }) => {
      const [from, to] = [truth, predicted].map(k => escapeMarkdown(names[k]!))
      return `- ${from} taken for ${to}: ${formatCount(count)} of ${formatCount(perClass[truth]!.support)}`
    })
  return lines.length === 0 ? [] : ['', 'Commonest mistakes:', '', ...lines]
}

function areaInterval(interval: Interval | null): string {
  return interval === null ? '–' : `${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`
}

function formatInterval({ low, high }: Interval, digits = 2): string {
  return `${formatPercent(low, digits)} to ${formatPercent(high, digits)}`
}
