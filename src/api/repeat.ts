/** The command line that repeats a run. */
import type { RunRecord } from '../train/run-folder.ts'
import type { TrainRequest } from './types.ts'

/** What a repetition is free in: where it lies, what it keeps, and whether it goes on. */
const places = new Set(['run', 'resume', 'cache', 'signal'])

/**
 * The words of `graft train` that repeat a run: what the user said, and of what they left open all that depends on the
 * machine or on chance.
 */
export function repeatWords(
  request: TrainRequest,
  { plan, data }: Pick<RunRecord, 'plan' | 'data'>,
): string[] {
  const { seed, threads, preprocessing } = plan
  const options: Record<string, unknown> = { ...request, size: preprocessing.size, seed, threads }
  const flags = Object.entries(options).flatMap(([name, value]) =>
    places.has(name) ? [] : wordsOf(name, value),
  )
  return ['graft', 'train', data.root, ...flags]
}

/** An option as the command line takes it; switches that are off, and what was not given, need no word. */
function wordsOf(name: string, value: unknown): string[] {
  if (name === 'groupDuplicates' && value === false) return ['--no-group-duplicates']
  if (value === undefined || value === false) return []
  const flag = `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
  return value === true ? [flag] : [flag, textOf(value)]
}

function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return value.join()
  return Object.entries(value)
    .map(([key, weight]) => `${key}=${weight}`)
    .join()
}
