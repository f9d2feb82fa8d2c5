/** The figures of a distillation's epochs, in its run folder. */
import { join } from 'node:path'
import { z } from 'zod'
import { fileNames } from '../train/run-folder.ts'
import { writeFileAtomic } from '../util/files.ts'
import { appendJsonLine, jsonLines, readJsonLines } from '../util/json-lines.ts'
import type { DistillFigures, DistillRecord } from './types.ts'

/** A record's figures by their tags in TensorBoard. */
export function scalars({ train, validation, learningRate }: DistillRecord): [string, number][] {
  const of = (name: string, { loss, accuracy }: DistillFigures): [string, number][] => [
    [`loss/${name}`, loss],
    ...(accuracy === null ? [] : [[`agreement/${name}`, accuracy] as [string, number]]),
  ]
  return [...of('train', train), ...of('validation', validation), ['learning-rate', learningRate]]
}

/** Adds one epoch's line. */
export function appendRecord(run: string, record: DistillRecord): void {
  appendJsonLine(join(run, fileNames.metrics), record)
}

const recordSchema = z.looseObject({ epoch: z.int() }) as unknown as z.ZodType<DistillRecord>

/** The epochs of a run so far; a last line that a killed process left unfinished is dropped. */
export function readRecords(run: string): DistillRecord[] {
  return readJsonLines(join(run, fileNames.metrics), recordSchema)
}

/** Keeps the epochs up to one, so that a resumed run writes the others again. */
export function truncateRecords(run: string, lastEpoch: number): void {
  const kept = readRecords(run).filter(({ epoch }) => epoch <= lastEpoch)
  writeFileAtomic(join(run, fileNames.metrics), jsonLines(kept))
}
