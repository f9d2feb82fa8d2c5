/** Training from code: `for await (const event of train(data))`, or `const run = await train(data)`. */
import { join } from 'node:path'
import type { Dataset } from '../dataset/types.ts'
import type { CrossValidation } from '../evaluate/cross-validation.ts'
import { readEvaluations } from '../report/evaluation-file.ts'
import { openLive } from '../train/live.ts'
import { writeRunRecord } from '../train/run-folder.ts'
import { runTrainer } from '../train/start.ts'
import { watchStop } from '../train/stop.ts'
import type { Outcome, TrainEvent } from '../train/types.ts'
import { steadyClock } from '../util/clock.ts'
import { abortedOr } from '../util/errors.ts'
import { formatPercent } from '../util/format.ts'
import { writeCard } from './card.ts'
import { foldData, plantedFolds, plantFolds, pooledFolds } from './cross-validate.ts'
import { writeDataListing } from './data-listing.ts'
import { finishRun } from './finish.ts'
import { followed } from './followed.ts'
import { prepare } from './prepare.ts'
import { writeReport } from './report.ts'
import { checkData, trainOptionsOf } from './request.ts'
import { telling } from './telling.ts'
import type { Prepared, TrainRequest } from './types.ts'

export type { TrainRequest } from './types.ts'

/**
 * A training under way: iterate it for its events, or await it for its outcome, also afterwards. It begins when either
 * is asked for.
 */
export interface Training extends AsyncIterable<TrainEvent>, PromiseLike<Outcome> {}

/**
 * Trains a classifier on images and writes a run folder.
 *
 * @param data a folder, a zip archive or a manifest of images, or a dataset from `readDataset`
 * @param request all of it may be left out
 * @throws UserError when something given cannot be used, or training fails; code `aborted` when `signal` stopped it: once
 *   its first step is done, the run folder then holds a checkpoint to resume from
 */
export function train(data: string | Dataset, request: TrainRequest = {}): Training {
  return followed(() => untilStopped(data, request))
}

/** What is thrown because of the signal gets the code `aborted`. */
async function* untilStopped(data: string | Dataset, request: TrainRequest): AsyncGenerator<TrainEvent> {
  try {
    yield* story(data, request)
  } catch (error) {
    throw abortedOr(error, request?.signal, 'Training')
  }
}

async function* story(data: string | Dataset, request: TrainRequest): AsyncGenerator<TrainEvent> {
  const began = steadyClock()
  const options = trainOptionsOf(request)
  checkData(data, request)
  const prepared = yield* telling<TrainEvent, Prepared>(
    (tell, signal) => prepare(data, request, options, tell, signal),
    request.signal,
    ({ release }) => release(),
  )
  const { release } = prepared
  const { run } = prepared.request
  const stop = watchStop(run, request.signal)
  const live = openLive(run, Date.now)
  try {
    if (!prepared.resumed) {
      writeDataListing(run, prepared)
      writeRunRecord(run, prepared.record)
      plantFolds(prepared, request.folds)
    }
    const start = startEvent(prepared)
    live.tell(start)
    yield start
    for (const message of prepared.notes) yield { event: 'note', message }
    const { bestEpoch, epochs } = yield* runTrainer(prepared.request, stop.signal, live.tell)
    const notes: string[] = []
    const outcome = await finishRun(prepared, {
      bestEpoch,
      epochs,
      seconds: () => (steadyClock() - began) / 1000,
      note: message => notes.push(message),
    })
    for (const message of notes) yield { event: 'note', message }
    const crossValidation = yield* trainFolds(prepared, request.cache, stop.signal)
    if (crossValidation !== undefined) {
      writeCard(prepared, outcome)
      await writeReport(run)
    }
    live.end('done')
    yield { event: 'done', ...outcome, crossValidation, seconds: (steadyClock() - began) / 1000 }
  } catch (error) {
    live.fail(abortedOr(error, stop.signal, 'Training'))
    throw error
  } finally {
    live.end('stopped') // whoever listened has left; after another end it is no news
    stop.close()
    release()
  }
}

/** Trains what folds of a run are not trained yet, telling of each how it ended; gives nothing where it has no folds. */
async function* trainFolds(
  prepared: Prepared,
  cache: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<TrainEvent, CrossValidation | undefined> {
  const { run, classNames } = prepared.request
  const folds = plantedFolds(run)
  if (folds.length === 0) return undefined
  const { dataset } = foldData(prepared)
  for (const [at, fold] of folds.entries()) {
    if (!fold.isDone)
      for await (const event of story(dataset, { run: fold.run, resume: true, cache, signal }))
        if (event.event === 'progress' && event.epoch === null) yield event
    const accuracy = readEvaluations(fold.run)?.test?.accuracy
    if (accuracy !== undefined)
      yield {
        event: 'note',
        message: `Fold ${at + 1} of ${folds.length}: accuracy ${formatPercent(accuracy, 2)}`,
      }
  }
  return pooledFolds(run, classNames)
}

function startEvent({ request, record, resumed }: Prepared): TrainEvent {
  const { run, plan, classNames } = request
  return {
    event: 'start',
    run: join(run),
    recipe: plan.recipe,
    classNames,
    examples: record.data.examples,
    resumed,
  }
}
