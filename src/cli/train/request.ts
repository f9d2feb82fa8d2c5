/** What the command line and a configuration file say of a training, as one request. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { TrainRequest } from '../../api/train.ts'
import { checkOptions } from '../../train/options.ts'
import { closest } from '../../util/closest.ts'
import { messageOf, UserError } from '../../util/errors.ts'
import { quoted } from '../../util/words.ts'
import type { GivenOptions } from '../command.ts'
import { flagOf } from '../option-values.ts'
import { trainOptions } from './option-groups.ts'

const text = z.string().min(1).optional()
/** What is no matter of how to train: where things are, and how often. */
const places = z.object({
  run: text,
  cache: text,
  labels: text,
  idColumn: text,
  labelColumn: text,
  exclude: text,
  folds: z.int().min(2).optional(),
})

/**
 * The request; an option of the command line goes before the same one of the file.
 *
 * @param given by names in camel case
 * @throws UserError `usage` that names the option as the user wrote it
 */
export function requestOf(given: GivenOptions): TrainRequest {
  const { config, resume, json, quiet, dashboard, fineTuneAt, ...rest } = given
  const flags = fineTuneAt === undefined ? rest : { ...rest, fineTuneAt: layerOf(String(fineTuneAt)) }
  const file = config === undefined ? {} : fileOptions(String(config))
  return { ...file, ...flagOptions(flags), ...(resume === true ? { resume } : {}) }
}

/** A layer's index, or its name. */
function layerOf(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text
}

function flagOptions(flags: GivenOptions): TrainRequest {
  try {
    return checked(flags)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const message = error.message.replace(/option "(\w+)/, (_, name: string) => `option "${flagNamed(name)}`)
    throw new UserError('usage', message, { hint: error.hint ?? 'graft train --help shows what it takes' })
  }
}

function fileOptions(path: string): TrainRequest {
  const options = readJson(path)
  try {
    return checked(options)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const name = error.message.match(/^There is no option "(.*)"$/s)?.[1]
    const near = name === undefined ? undefined : closest(name, fileNames)
    const hint = near === undefined ? error.hint : `did you mean "${near}"?`
    const message = `Cannot use the configuration ${quoted(path)}: ${lowerFirst(error.message)}`
    throw new UserError('usage', message, hint === undefined ? {} : { hint })
  }
}

function checked(options: GivenOptions): TrainRequest {
  const where = places.safeParse(options)
  if (!where.success) {
    const name = String(where.error.issues[0]!.path[0])
    const wanted = name === 'folds' ? 'a whole number from 2 on' : 'a text'
    throw new UserError(
      'usage',
      `The option "${name}" cannot be ${JSON.stringify(options[name])}: expected ${wanted}`,
    )
  }
  const others = Object.entries(options).filter(([name]) => !(name in places.shape))
  return { ...where.data, ...checkOptions(Object.fromEntries(others)) }
}

function readJson(path: string): GivenOptions {
  try {
    return z.record(z.string(), z.unknown(), { error: 'it holds no object' }).parse(parsed(path))
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? cause.issues[0]!.message : messageOf(cause)
    throw new UserError('usage', `Cannot read the configuration ${quoted(path)}: ${reason}`, {
      hint: 'write options in camel case, such as { "epochs": [10, 5], "batchSize": 64 }',
      cause,
    })
  }
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw absent ? new Error('there is no such file', { cause: error }) : error
  }
}

/** The options that a file may hold, in camel case. */
const fileNames = trainOptions
  .flatMap(({ options }) => options.map(option => camelCase(flagOf(option))))
  .filter(name => !['config', 'resume', 'json', 'quiet', 'dashboard', 'noGroupDuplicates'].includes(name))

function camelCase(flag: string): string {
  return flag.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

function flagNamed(name: string): string {
  return `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

function lowerFirst(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1)
}
