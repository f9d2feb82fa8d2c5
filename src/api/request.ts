/** What a training is asked for, checked before anything is read or written. */
import { z } from 'zod'
import type { Dataset } from '../dataset/types.ts'
import { checkOptions, type TrainOptions } from '../train/options.ts'
import { UserError } from '../util/errors.ts'
import { checked, labelOptions, shown, signal, text } from '../util/options.ts'
import type { TrainRequest } from './types.ts'

const shape = {
  ...labelOptions,
  run: text(),
  resume: z.boolean(),
  cache: text(),
  exclude: text(),
  folds: z.number(),
  signal: signal(),
}

/** @throws UserError `usage` that names the option that cannot be used */
export function trainOptionsOf(request: TrainRequest): TrainOptions {
  return trainOptionsBeside(shape, request)
}

/**
 * The options of training itself among others, which are checked too.
 *
 * @param others their schemas
 * @throws UserError `usage` that names the option that cannot be used
 */
export function trainOptionsBeside(others: z.ZodRawShape, options: object): TrainOptions {
  const all = Object.entries(isObject(options) ? options : checked(others, options))
  checked(others, Object.fromEntries(all.filter(([name]) => name in others)))
  return checkOptions(Object.fromEntries(all.filter(([name]) => !(name in others))))
}

/**
 * @throws UserError `usage` for what is neither a path nor a dataset, or for words on how to read a dataset that is read
 *   already; `data` for a label that is no class
 */
export function checkData(data: string | Dataset, request: TrainRequest): void {
  if (typeof data === 'string' && data !== '') return
  if (!isDataset(data))
    throw new UserError('usage', `Expected a path or a dataset of readDataset(). Received: ${shown(data)}`)
  const superfluous = Object.keys(labelOptions).find(
    name => request[name as keyof TrainRequest] !== undefined,
  )
  if (superfluous !== undefined)
    throw new UserError(
      'usage',
      `The option "${superfluous}" has no effect on a dataset that is read already`,
      {
        hint: 'give it to readDataset()',
      },
    )
  const classes = data.classNames.length
  const isClass = (label: number): boolean => Number.isInteger(label) && label >= 0 && label < classes
  const odd = data.examples.find(({ label }) => label !== null && !isClass(label))
  if (odd !== undefined)
    throw new UserError(
      'data',
      `The label of "${odd.id}" is ${odd.label}, and there are ${classes} class names`,
      {
        hint: 'labels are places in classNames, from 0 on, or null',
      },
    )
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function isDataset(data: unknown): data is Dataset {
  const { examples, classNames } = (data ?? {}) as Partial<Dataset>
  return Array.isArray(examples) && Array.isArray(classNames)
}
