/** A run that goes on: its own plan and split, over data that must not have changed. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Dataset, Example, Split } from '../dataset/types.ts'
import type { TrainOptions } from '../train/options.ts'
import { lockRun, type RunRecord, readRunRecord } from '../train/run-folder.ts'
import { UserError } from '../util/errors.ts'
import { counted, listed } from '../util/words.ts'
import { dataChanges } from './data-listing.ts'
import type { FingerprintedData, RunStart, TrainRequest } from './types.ts'

/**
 * A run that was cut off before its first checkpoint begins again, by the same plan.
 *
 * @throws UserError `run` when there is no run, `data` when the data has changed, `usage` when an option is given that
 *   would change the plan
 */
export function resumedRun(
  data: FingerprintedData,
  given: string | undefined,
  options: TrainOptions & Pick<TrainRequest, 'folds'>,
): RunStart {
  const { dataset, name, fingerprint } = data
  const run = given ?? lastRun(name)
  const record = readRunRecord(run)
  refuseOptions(run, options)
  if (record.data.fingerprint !== fingerprint) throw changed(run, record, data)
  return { run, release: lockRun(run), record, split: storedSplit(record, dataset), notes: dataset.notes }
}

function lastRun(name: string): string {
  const base = join('runs', name)
  let last = base
  for (let count = 2; existsSync(`${base}-${count}`); count++) last = `${base}-${count}`
  return last
}

/** The plan is the one that the run was started with; an option could only contradict it. */
function refuseOptions(run: string, options: object): void {
  const names = Object.keys(options)
  if (names.length === 0) return
  throw new UserError('usage', `Cannot resume "${run}" with other options: "${names[0]}" was given`, {
    hint: 'give --resume and --run alone, or start a new run',
  })
}

function storedSplit({ data }: RunRecord, { examples }: Dataset): Split {
  const [validation, test] = [new Set(data.validation), new Set(data.test)]
  const labelled = examples.filter(example => example.label !== null)
  const byId = (a: Example, b: Example): number => (a.id < b.id ? -1 : 1)
  return {
    train: labelled.filter(({ id }) => !validation.has(id) && !test.has(id)).sort(byId),
    validation: labelled.filter(({ id }) => validation.has(id)).sort(byId),
    test: labelled.filter(({ id }) => test.has(id)).sort(byId),
  }
}

/** Says what is different: by name where the run's listing of its data is there. */
function changed(run: string, { data: before }: RunRecord, now: FingerprintedData): UserError {
  const { classNames } = now.dataset
  const isOtherClasses = classNames.join('\n') !== before.classNames.join('\n')
  const differences = [
    ...(isOtherClasses
      ? [`it was trained on ${namesOf(before.classNames)}, the data has ${namesOf(classNames)}`]
      : []),
    ...dataChanges(run, now),
  ]
  const difference = differences.join(', ') || 'some files have other content or other labels'
  return new UserError('data', `Cannot resume "${run}": the data has changed: ${difference}`, {
    hint: 'restore the data as it was, or start a new run with another --run',
  })
}

const namesOf = (classNames: readonly string[]): string =>
  `${counted(classNames.length, 'class', 'classes')} (${listed(classNames, 3)})`
