/** `graft train`: a run's events as progress, rows and a result, or as JSON lines. */
import { existsSync } from 'node:fs'
import { train } from '../../api/train.ts'
import { checkpointPath } from '../../train/checkpoint.ts'
import type { Outcome } from '../../train/types.ts'
import { exitStatus, UserError } from '../../util/errors.ts'
import type { CommandContext, CommandRun, GivenOptions } from '../command.ts'
import { ReaderGone } from '../failure.ts'
import { graftLine } from '../shell.ts'
import { styleFor } from '../terminal/stream.ts'
import { trainingDashboard } from '../train/dashboard.ts'
import { trainingDisplay } from '../train/display.ts'
import { requestOf } from '../train/request.ts'
import { resultLine, resultLines } from '../train/result.ts'

export const run: CommandRun = async ([data], options, context) => {
  const { json: isJson = false, quiet: isQuiet = false } = options
  const { stdout, stderr, signal } = context
  const request = requestOf(options)
  // Bars and lines of JSON on one terminal would be a mess.
  const isSilent = isQuiet === true || (isJson === true && stdout.isTTY === true)
  const display = trainingDisplay(context, isSilent)
  signal.addEventListener('abort', () => {
    if (!(signal.reason instanceof ReaderGone)) display.say('Stopping; a second Ctrl-C ends at once')
  })
  let folder: string | undefined
  // Whoever asked for a page wants to know where it is, also where nothing else is said.
  const tell = (line: string): void => (isSilent ? void stderr.write(`${line}\n`) : display.say(line))
  const dashboard = await trainingDashboard(options, request.run)
  if (dashboard !== null) tell(`Dashboard: ${dashboard.url}`)
  try {
    for await (const event of train(data!, { ...request, signal })) {
      if (event.event === 'start') folder = event.run
      if (isJson && (!isQuiet || event.event === 'done')) stdout.write(`${JSON.stringify(event)}\n`)
      display.show(event)
      if (event.event === 'done' && !isJson)
        writeResult(event, dataWords(data!, options), isQuiet === true, context)
    }
    await dashboard?.linger(signal, () => tell('The dashboard stays while a page shows it; Ctrl-C ends it'))
    return exitStatus.done
  } catch (error) {
    throw error instanceof UserError && error.code === 'aborted'
      ? stopped(data!, folder, options, context)
      : error
  } finally {
    display.close()
    await dashboard?.close()
  }
}

function writeResult(
  outcome: Outcome,
  data: readonly string[],
  isQuiet: boolean,
  { stdout, environment }: CommandContext,
): void {
  const lines = isQuiet
    ? [resultLine(outcome)]
    : ['', ...resultLines(outcome, data, styleFor(stdout, environment), environment)]
  stdout.write(`${lines.join('\n')}\n`)
}

/** What to tell who stopped a run: how to go on with it, if it came far enough. */
function stopped(
  data: string,
  folder: string | undefined,
  options: GivenOptions,
  { environment }: CommandContext,
): UserError {
  if (folder === undefined) return new UserError('aborted', 'Stopped before the run began')
  const kept = existsSync(checkpointPath(folder)) ? 'a checkpoint' : 'the plan, and no checkpoint yet'
  return new UserError('aborted', `Stopped; "${folder}" holds ${kept}`, {
    hint: `to go on: ${graftLine(resumeWords(data, folder, options), environment)}`,
  })
}

/** The data must be found again as it was; all else the run remembers. */
function resumeWords(data: string, folder: string, options: GivenOptions): string[] {
  const more = ['exclude', 'cache'].flatMap(name =>
    typeof options[name] === 'string' ? [`--${name}`, options[name]] : [],
  )
  return ['train', ...dataWords(data, options), ...more, '--run', folder, '--resume']
}

/** Where the data is and how its table is headed, as on a command line. */
function dataWords(data: string, options: GivenOptions): string[] {
  const flags = {
    labels: '--labels',
    idColumn: '--id-column',
    labelColumn: '--label-column',
    exclude: '--exclude',
  }
  const found = Object.entries(flags).flatMap(([name, flag]) =>
    typeof options[name] === 'string' ? [flag, options[name]] : [],
  )
  return [data, ...found]
}
