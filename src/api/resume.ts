/** A run that goes on: its own plan and split, over data that must not have changed. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Dataset, Example, Split } from '../dataset/types.ts'
import { checkpointPath } from '../train/checkpoint.ts'
import type { TrainOptions } from '../train/options.ts'
import { type RunRecord, readRunRecord } from '../train/run-folder.ts'
import { UserError } from '../util/errors.ts'
import type { FingerprintedData, RunStart } from './types.ts'

/**
 * @throws UserError `run` when there is no checkpoint, `data` when the data has changed, `usage` when an option is
 *   given that would change the plan
 */
export function resumedRun(
  { dataset, name, fingerprint }: FingerprintedData,
  given: string | undefined,
  options: TrainOptions,
): RunStart {
  const run = given ?? lastRun(name)
  if (!existsSync(checkpointPath(run))) {
    throw new UserError('run', `Cannot resume "${run}": it has no checkpoint`, {
      hint: 'leave --resume out to train from the beginning',
    })
  }
  const record = readRunRecord(run)
  refuseOptions(run, options)
  if (record.data.fingerprint !== fingerprint) throw changed(run, record, dataset)
  return { run, record, split: storedSplit(record, dataset), notes: dataset.notes }
}

function lastRun(name: string): string {
  const base = join('runs', name)
  let last = base
  for (let count = 2; existsSync(`${base}-${count}`); count++) last = `${base}-${count}`
  return last
}

/** The plan is the one that the run was started with; an option could only contradict it. */
function refuseOptions(run: string, options: TrainOptions): void {
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

/** Says what is different, as far as the run's record tells. */
function changed(run: string, { data }: RunRecord, { examples, classNames }: Dataset): UserError {
  const { train, validation, test } = data.examples
  const before = train + validation + test
  const now = examples.filter(example => example.label !== null).length
  const difference =
    classNames.join('\n') !== data.classNames.join('\n')
      ? `it was trained on ${data.classNames.length} classes, the data has ${classNames.length} or other names`
      : before !== now
        ? `it was trained on ${before} examples, the data has ${now}`
        : 'some files have other content or other labels than when it was started'
  return new UserError('data', `Cannot resume "${run}": ${difference}`, {
    hint: 'restore the data as it was, or start a new run with another --run',
  })
}
