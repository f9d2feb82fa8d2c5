/** `graft inspect`: what is wrong with a dataset, in lines, as a page, and as a table to train by. */
import { basename, resolve } from 'node:path'
import {
  type Inspection,
  type InspectOptions,
  inspect,
  type Overview,
  overviewOf,
} from '../../api/inspect.ts'
import { freeFolder, writeInspection } from '../../api/inspection-files.ts'
import { extensionOf } from '../../dataset/kinds.ts'
import type { Dataset } from '../../dataset/types.ts'
import { exitStatus } from '../../util/errors.ts'
import type { CommandContext, CommandRun, GivenOptions } from '../command.ts'
import { findingLines, overviewLines } from '../inspect/lines.ts'
import { graftLine } from '../shell.ts'
import { openProgress, type Task } from '../terminal/progress.ts'
import { styleFor } from '../terminal/stream.ts'

const defaultWidth = 100

export const run: CommandRun = async ([data], options, context) => {
  const { json = false, quick = false, quiet = false, out, ...rest } = options
  const isQuiet = quiet === true || (json === true && context.stdout.isTTY === true)
  if (quick) return showOverview(await overviewOf(data!, rest as InspectOptions), json === true, context)
  const folder = freeFolder(out as string | undefined, nameOf(data!))
  const found = await withProgress(context, isQuiet, onProgress =>
    inspect(data!, { ...(rest as InspectOptions), signal: context.signal, onProgress }),
  )
  const files = await writeInspection(found, folder)
  if (json) {
    const { findings, agreement, backbone } = found
    write(context, [JSON.stringify({ ...overviewRecord(found), findings, agreement, backbone, files })])
  } else {
    const style = styleFor(context.stdout, context.environment)
    const overview = quiet
      ? []
      : overviewLines(found, extensionCounts(found.dataset), widthOf(context), style)
    write(context, [
      ...overview,
      ...findingLines(found, style),
      '',
      ...nextLines(data!, rest, files, context),
    ])
  }
  return statusOf(found)
}

function showOverview(overview: Overview, isJson: boolean, context: CommandContext): number {
  const extensions = extensionCounts(overview.dataset)
  const style = styleFor(context.stdout, context.environment)
  write(
    context,
    isJson
      ? [JSON.stringify(overviewRecord(overview))]
      : overviewLines(overview, extensions, widthOf(context), style),
  )
  return statusOf(overview)
}

function overviewRecord({ summary, notes, problem, dataset }: Overview): object {
  return { ...summary, extensions: extensionCounts(dataset), notes, missing: dataset.missing, problem }
}

function statusOf({ problem }: Overview): number {
  return problem === null ? exitStatus.done : exitStatus.data
}

function widthOf({ stdout }: CommandContext): number {
  return stdout.columns ?? defaultWidth
}

function write({ stdout }: CommandContext, lines: readonly string[]): void {
  stdout.write(`${lines.join('\n')}\n`)
}

function nameOf(data: string): string {
  return basename(resolve(data)).replace(/\.(zip|csv|tsv|jsonl)$/i, '') || 'data'
}

/** Images by the extension of their names, the commonest first. */
function extensionCounts({ examples }: Dataset): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const { source } of examples) {
    const extension = extensionOf(source.type === 'file' ? source.path : source.entry) || 'none'
    counts.set(extension, (counts.get(extension) ?? 0) + 1)
  }
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a))
}

function nextLines(
  data: string,
  { labels }: GivenOptions,
  { page, findings }: { readonly page: string; readonly findings: string },
  { environment }: CommandContext,
): string[] {
  const named = typeof labels === 'string' ? ['--labels', labels] : []
  return [
    `  page      ${page}`,
    `  findings  ${findings}`,
    '',
    'Next: set "exclude" or "review" in the column "action", then',
    `  ${graftLine(['train', data, ...named, '--exclude', findings], environment)}`,
  ]
}

/** Work with a bar for each of its stages. */
async function withProgress(
  { stderr: stream, environment, clock }: CommandContext,
  isQuiet: boolean,
  work: (onProgress: NonNullable<InspectOptions['onProgress']>) => Promise<Inspection>,
): Promise<Inspection> {
  const progress = openProgress({ stream, environment, clock, isQuiet })
  let current: { readonly stage: string; readonly task: Task } | undefined
  try {
    return await work((stage, done, total) => {
      if (current?.stage !== stage) {
        current?.task.drop()
        current = { stage, task: progress.start(stage, { total, unit: 'images', done }) }
      }
      current.task.update(done)
    })
  } finally {
    current?.task.drop()
    progress.close()
  }
}
