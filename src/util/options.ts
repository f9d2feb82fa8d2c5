/** Options from outside, checked where they come in: by programs without types, from files, from computed values. */
import { z } from 'zod'
import { closest } from './closest.ts'
import { UserError } from './errors.ts'

/** A path, a name: anything but an empty text. */
export const text = (): z.ZodString => z.string().min(1, 'wanted a text that is not empty')
/** 1, 2, 3 and so on. */
export const count = (): z.ZodInt => z.int().min(1)
export const threadCount = (): z.ZodInt => count().max(256)
export const portNumber = (): z.ZodInt => z.int().min(0).max(65_535)
/** A number, and Infinity for no limit. @param least that it may be */
export const amount = (least: number): z.ZodType =>
  z.custom(value => typeof value === 'number' && value >= least, `wanted a number, ${least} or more`)
export const limit = (): z.ZodType =>
  z.custom(value => typeof value === 'number' && value > 0, 'wanted a number above 0')
export const signal = (): z.ZodType<AbortSignal> =>
  z.instanceof(AbortSignal, { error: 'wanted an AbortSignal' })
export const callback = (): z.ZodType => z.custom(value => typeof value === 'function', 'wanted a function')

/** Where a dataset's labels are said. */
export const labelOptions: Readonly<Record<'labels' | 'idColumn' | 'labelColumn', z.ZodString>> = {
  labels: text(),
  idColumn: text(),
  labelColumn: text(),
}

/**
 * Any of the schema's options may be left out or undefined.
 *
 * @throws UserError `usage` that names the option, what was wanted and what was received, and the nearest known name
 */
export function checked<Shape extends z.ZodRawShape>(
  shape: Shape,
  options: unknown,
): Partial<z.infer<z.ZodObject<Shape>>> {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new UserError('usage', `Expected options by name. Received: ${shown(options)}`)
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const result = z.strictObject(shape).partial().safeParse(given)
  if (result.success) return result.data as Partial<z.infer<z.ZodObject<Shape>>>
  throw refusal(result.error.issues[0]!, given, Object.keys(shape))
}

function refusal(
  issue: z.core.$ZodIssue,
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
): UserError {
  if (issue.code === 'unrecognized_keys') {
    const [name] = issue.keys as [string]
    const near = closest(name, known)
    const hint = near === undefined ? {} : { hint: `did you mean "${near}"?` }
    return new UserError('usage', `There is no option "${name}"`, hint)
  }
  const wanted = issue.message.charAt(0).toLowerCase() + issue.message.slice(1)
  const value = shown(given[String(issue.path[0])])
  return new UserError('usage', `The option "${issue.path.join('.')}" cannot be ${value}: ${wanted}`)
}

const mostShown = 200

/** A value of any kind in a few words. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'number' || typeof value === 'bigint' || value === undefined) return String(value)
  const words = asJson(value) ?? String(value)
  return words.length > mostShown ? `${words.slice(0, mostShown)}...` : words
}

/** Undefined where it has none, as of a bigint or a circle. */
function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}
