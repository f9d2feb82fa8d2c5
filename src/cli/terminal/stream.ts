/** Where text goes, and what it can do there. */
import { styleText } from 'node:util'

/** As much of an output stream as the terminal needs; `process.stdout` and `process.stderr` are such. */
export interface OutputStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  /** Characters a line. */
  readonly columns?: number
}

/** The environment's variables. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Formats of `util.styleText`, such as `bold` or `red`. */
export type Format = Parameters<typeof styleText>[0]

/** Puts a format on a text, or leaves it plain. */
export type Style = (format: Format, text: string) => string

/** A style for the stream: plain where it shows no colours. */
export function styleFor(stream: OutputStream, environment: Environment): Style {
  return showsColours(stream, environment)
    ? (format, text) => styleText(format, text, { validateStream: false })
    : (_, text) => text
}

/**
 * Whether to write colours: FORCE_COLOR decides (off only by `0` and `false`), then NO_COLOR (https://no-color.org),
 * then whether the stream is a terminal that knows more than text.
 */
export function showsColours(stream: OutputStream, environment: Environment): boolean {
  const forced = environment['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return !environment['NO_COLOR'] && isInteractive(stream, environment)
}

/** Whether lines can be drawn over again. */
export function isInteractive(stream: OutputStream, environment: Environment): boolean {
  return stream.isTTY === true && environment['TERM'] !== 'dumb'
}
