/** The story of a distillation, told in the worker thread: ask the teachers, teach the student, write its weights. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { encodeSafetensors } from '../model/weights/safetensors.ts'
import { openTrainingData } from '../train/data.ts'
import { fileNames } from '../train/run-folder.ts'
import { writeFileAtomic } from '../util/files.ts'
import { openEventFile } from '../util/tensorboard.ts'
import { askTeachers } from './ask-teachers.ts'
import { batchReader } from './batches.ts'
import { type Progress, readDistillCheckpoint, writeDistillCheckpoint } from './checkpoint.ts'
import type { DistillerContext } from './context.ts'
import { type DistillerRequest, learnEpoch, measureAll, type Work } from './epoch.ts'
import { halfPrecision } from './half.ts'
import { appendRecord, readRecords, scalars, truncateRecords } from './records.ts'
import { epochsOf, learningRateAt, sizeAt } from './schedule.ts'
import { startOf } from './start.ts'
import { newStudent } from './student.ts'
import type { DistillRecord } from './types.ts'

/** The student's weights in a run folder. */
export const weightsName = 'student.safetensors'
/** Each picture is kept larger than the teachers' crops need: the side in the cache, as a share of what they see. */
const keptShare = 4 / 7
/**
 * Distills, or goes on from the run folder's checkpoint.
 *
 * @returns the last epoch's record
 * @throws UserError `aborted` when it was asked to stop; the checkpoint is then complete
 */
export async function distillRun(
  request: DistillerRequest,
  context: DistillerContext,
): Promise<DistillRecord> {
  const { run, plan, split, cache } = request
  const { signal } = context
  const size = Math.round(plan.teacherSize * keptShare)
  const start = await startOf(plan)
  const data = await openTrainingData(split, {
    preprocessing: { size, fit: 'squash', background: [255, 255, 255] },
    cache,
    workers: request.decodeWorkers,
    signal,
  })
  try {
    const { views, parts, digests } = await askTeachers(plan, cache, context, data)
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([request.fingerprint, digests, start.digest]))
      .digest('hex')
    const targets = parts.flat()
    const student = newStudent(plan, targets, start.weights)
    try {
      const work = {
        request,
        context,
        data,
        views,
        targets,
        reader: batchReader(plan, views, parts),
        student,
      }
      const progress = readDistillCheckpoint(run, fingerprint, student.state)
      return await teach(work, progress ?? { epoch: 0, step: 0, lossSum: 0, agreed: 0, fingerprint })
    } finally {
      await student.close()
    }
  } finally {
    await data.close()
  }
}

/** Epoch after epoch from where the progress says. */
async function teach(work: Work, from: Progress): Promise<DistillRecord> {
  const { request, context, student } = work
  const { run, plan } = request
  const epochs = epochsOf(plan)
  let progress = from
  truncateRecords(run, progress.epoch)
  const events = openEventFile(join(run, fileNames.events), context.clock, progress.epoch + 1)
  while (progress.epoch < epochs) {
    const started = context.clock()
    await student.see(sizeAt(plan, progress.epoch))
    const train = await learnEpoch(work, progress)
    const validation = await measureAll(work, sizeAt(plan, progress.epoch))
    progress = { ...progress, epoch: progress.epoch + 1, step: 0, lossSum: 0, agreed: 0 }
    const record: DistillRecord = {
      epoch: progress.epoch,
      phase: `${sizeAt(plan, progress.epoch - 1)} px`,
      learningRate: learningRateAt(plan, progress.epoch - 1, 1),
      train,
      validation,
      seconds: (context.clock() - started) / 1000,
    }
    for (const [tag, value] of scalars(record)) events.scalar(tag, record.epoch, value)
    appendRecord(run, record)
    writeDistillCheckpoint(run, progress, student.state)
    writeWeights(work)
    context.emit({ event: 'epoch', ...record })
    context.signal.throwIfAborted()
  }
  events.close()
  // A run that was killed between its last checkpoint and its weights has none of that epoch yet.
  writeWeights(work)
  return readRecords(run).at(-1)!
}

function writeWeights({ request: { run, metadata }, student }: Work): void {
  writeFileAtomic(join(run, weightsName), encodeSafetensors(halfPrecision(student.backbone()), metadata))
}
