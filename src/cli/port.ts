/** Ports as users give them. */
import { UserError } from '../util/errors.ts'

/**
 * The port that an option with an optional value names; undefined without a value.
 *
 * @throws UserError `usage` that names the option
 */
export function portOf(flag: string, value: unknown): number | undefined {
  if (value === undefined || value === true || value === '') return undefined
  const port = Number(value)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new UserError('usage', `The option "${flag}" takes a number from 0 to 65535. Received: "${value}"`)
}
