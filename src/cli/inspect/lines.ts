/** An inspection in lines for a terminal. */
import type { Inspection, Overview } from '../../api/inspect.ts'
import type { Dataset } from '../../dataset/types.ts'
import { byKind } from '../../inspect/shown.ts'
import { type Finding, findingTitles } from '../../inspect/types.ts'
import { formatCount, formatPercent } from '../../util/format.ts'
import { counted, quoted } from '../../util/words.ts'
import type { Style } from '../terminal/stream.ts'
import { type Column, table } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'

const formats: Readonly<Record<Dataset['format'], string>> = {
  'class-folders': 'a folder for each class',
  'split-folders': 'folders for splits, with a folder for each class',
  names: "the classes in the files' names",
  manifest: 'labels from a table',
  unlabelled: 'no labels',
}

/** What the dataset is: its classes, counts and splits, and what is odd about them. */
export function overviewLines(
  { summary, notes, problem }: Overview,
  extensions: Readonly<Record<string, number>>,
  width: number,
  style: Style,
): string[] {
  const { root, format, classes, unlabelled, missing } = summary
  const names = Object.entries(extensions).map(([name, count]) => `${formatCount(count)} ${name}`)
  const remarks = [
    ...(unlabelled > 0 ? [`${counted(unlabelled, 'image')} without a label`] : []),
    ...(missing > 0 ? [`${counted(missing, 'row')} of the labels without an image`] : []),
    ...notes,
  ]
  return [
    style('bold', printable(`${root}: ${formats[format]}`)),
    `by extension: ${printable(names.join(', '))}`,
    ...(classes.length > 0 ? ['', ...countTable(summary, width, style)] : []),
    ...(remarks.length > 0 ? [''] : []),
    ...remarks.map(remark => `note: ${printable(remark)}`),
    ...(problem === null ? [] : ['', `${style('red', 'problem:')} ${printable(problem.message)}`]),
    ...(problem?.hint ? [`hint: ${printable(problem.hint)}`] : []),
  ]
}

function countTable({ classes, total }: Overview['summary'], width: number, style: Style): string[] {
  const titles = ['train', 'validation', 'test', 'all']
  const columns: Column[] = [
    { title: 'class', cut: 'end' },
    ...titles.map(title => ({ title, align: 'right' as const })),
  ]
  const row = (name: string, { train, validation, test, total: all }: typeof total): string[] => [
    name,
    ...[train, validation, test, all].map(formatCount),
  ]
  return table(columns, [...classes.map(counts => row(counts.name, counts)), row('all', total)], width, style)
}

/** Findings of each kind that are shown. */
const mostShown = 3
/** Below this share of confirmed labels, the network knows too little of such pictures. */
const leastAgreement = 0.8

/** What was found: a heading for each kind with the first few. */
export function findingLines({ findings, agreement }: Inspection, style: Style): string[] {
  const kinds = byKind(findings)
  const weak = agreement !== null && agreement < leastAgreement && kinds.has('wrong-label')
  const lines = [...kinds].flatMap(([kind, some]) => [
    '',
    `${style(colourOf(some[0]!), findingTitles[kind])} ${style('dim', formatCount(some.length))}`,
    ...some.slice(0, mostShown).map(finding => `  ${printable(sentence(finding))}`),
    ...(some.length > mostShown ? [style('dim', `  and ${formatCount(some.length - mostShown)} more`)] : []),
  ])
  const caution = `The network confirms only ${formatPercent(agreement ?? 0)} of the labels, so many doubts are its own: better weights with --weights tell more`
  return [
    ...(lines.length === 0 ? ['', 'Nothing was found that needs a look'] : lines),
    ...(weak ? ['', `note: ${caution}`] : []),
  ]
}

function colourOf({ severity }: Finding): 'red' | 'yellow' | 'bold' {
  return severity === 'error' ? 'red' : severity === 'warning' ? 'yellow' : 'bold'
}

function sentence({ id, finding, label, related, suggestion }: Finding): string {
  if (finding === 'unreadable') return suggestion
  if (id === null) return `${quoted(label!)}: ${suggestion}`
  const isCopy = ['exact-duplicate', 'near-duplicate', 'leakage', 'conflicting-labels'].includes(finding)
  if (isCopy)
    return `${quoted(id)} is ${quoted(related!)}${finding.endsWith('duplicate') ? '' : `: ${suggestion}`}`
  return `${quoted(id)}${finding === 'wrong-label' ? ` says ${quoted(label!)}` : ''}: ${suggestion}`
}
