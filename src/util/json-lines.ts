/** Files of one JSON value a line, which grow while a program runs and may be cut off at any byte. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { z } from 'zod'
import { UserError } from './errors.ts'
import { storageError } from './files.ts'

/** Adds a line and flushes it to disk. @throws UserError `storage` when the disk is full or cannot be written */
export function appendJsonLine(path: string, value: unknown): void {
  try {
    const file = openSync(path, 'a')
    try {
      const bytes = Buffer.from(`${JSON.stringify(value)}\n`)
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw storageError('write', path, error)
  }
}

/** The text of a file with these values. */
export function jsonLines(values: readonly unknown[]): string {
  return values.map(value => `${JSON.stringify(value)}\n`).join('')
}

/**
 * The values of a file, none where there is no file. A last line that a killed process left unfinished is dropped.
 *
 * @throws UserError `run` that names the file and the line when one is damaged
 */
export function readJsonLines<Value>(path: string, schema: z.ZodType<Value>): Value[] {
  if (!existsSync(path)) return []
  return textOf(path)
    .split('\n')
    .slice(0, -1)
    .map((line, index) => {
      const value = schema.safeParse(parsed(line))
      if (value.success) return value.data
      throw new UserError('run', `Cannot read "${path}": line ${index + 1} is damaged`, {
        hint: 'remove that line, or restore the file',
      })
    })
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw storageError('read', path, error)
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
