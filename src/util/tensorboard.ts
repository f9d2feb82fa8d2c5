/**
 * Scalars for TensorBoard: an event file that it draws while training goes on.
 *
 * A file of records, each an `Event` (tensorboard/compat/proto/event.proto); the first names the version.
 */
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder, storageError } from './files.ts'
import { PbfWriter } from './protobuf.ts'
import { frameRecord, readRecords } from './tfrecord.ts'

/** An open event file. */
export interface EventFile {
  /**
   * Appends one point of the curve `tag`; TensorBoard groups tags by what stands before the first slash.
   *
   * @param step integer >= 0, such as the epoch
   * @param value kept as float32; NaN is shown as a gap
   * @throws UserError `storage` when the disk is full
   */
  scalar(tag: string, step: number, value: number): void
  /** Flushes to disk; the file takes no more points. */
  close(): void
}

/** Field numbers of the messages Event, Summary, Summary.Value and SessionLog. */
const event = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const
const summaryValue = 1
const value = { tag: 1, simpleValue: 2 } as const
const sessionLog = { status: 1, start: 1 } as const

/**
 * Creates an event file, or goes on with one.
 *
 * An existing file is cut behind its last sound record, which a killed process may have left half written. Then
 * TensorBoard is told that points from `resumedAt` on are superseded.
 *
 * @param path its file name must contain `tfevents`, or TensorBoard overlooks it
 * @param clock milliseconds since 1970, such as `Date.now`
 * @param resumedAt the first step that will be written
 * @throws UserError `storage` when the file cannot be read or written
 */
export function openEventFile(path: string, clock: () => number, resumedAt = 0): EventFile {
  const attempt = <T>(action: () => T): T => {
    try {
      return action()
    } catch (error) {
      throw storageError('write', path, error)
    }
  }
  const { file, isNew } = attempt(() => openSound(path))
  const append = (fill: (writer: PbfWriter) => void): void => {
    const writer = new PbfWriter()
    writer.writeDoubleField(event.wallTime, clock() / 1000)
    fill(writer)
    attempt(() => writeWhole(file, frameRecord(writer.finish())))
  }
  if (isNew) append(writer => writer.writeStringField(event.fileVersion, 'brain.Event:2'))
  else append(writer => writeRestart(writer, resumedAt))
  return {
    scalar: (tag, step, number) => append(writer => writeScalar(writer, tag, step, number)),
    close: () =>
      attempt(() => {
        fsyncSync(file)
        closeSync(file)
      }),
  }
}

/** Opens for appending behind the last sound record. */
function openSound(path: string): { file: number; isNew: boolean } {
  makeFolder(dirname(path))
  const file = openSync(path, 'a+')
  const { soundBytes } = readRecords(readFileSync(file))
  ftruncateSync(file, soundBytes)
  return { file, isNew: soundBytes === 0 }
}

function writeWhole(file: number, bytes: Uint8Array): void {
  let written = 0
  while (written < bytes.length) written += writeSync(file, bytes, written)
}

function writeScalar(writer: PbfWriter, tag: string, step: number, number: number): void {
  writeStep(writer, step)
  writer.writeMessage(
    event.summary,
    (_, summary) =>
      summary.writeMessage(
        summaryValue,
        (_, fields) => {
          fields.writeStringField(value.tag, tag)
          fields.writeFloatField(value.simpleValue, number)
        },
        null,
      ),
    null,
  )
}

function writeRestart(writer: PbfWriter, step: number): void {
  writeStep(writer, step)
  writer.writeMessage(
    event.sessionLog,
    (_, fields) => fields.writeVarintField(sessionLog.status, sessionLog.start),
    null,
  )
}

/** As every protobuf writer does, zero is left out. */
function writeStep(writer: PbfWriter, step: number): void {
  if (step !== 0) writer.writeVarintField(event.step, step)
}
