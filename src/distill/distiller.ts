/** The story of a distillation, told in the worker thread: ask the teachers, teach the student, write its weights. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Split } from '../dataset/types.ts'
import { encodeSafetensors } from '../model/weights/safetensors.ts'
import { openTrainingData, type TrainingData } from '../train/data.ts'
import { fileNames } from '../train/run-folder.ts'
import { UserError } from '../util/errors.ts'
import { writeFileAtomic } from '../util/files.ts'
import { randomOf } from '../util/random.ts'
import { openEventFile } from '../util/tensorboard.ts'
import { askTeachers } from './ask-teachers.ts'
import { agreements, type BatchReader, batchReader, orderOf } from './batches.ts'
import { type Progress, readDistillCheckpoint, writeDistillCheckpoint } from './checkpoint.ts'
import { type DistillerContext, paced } from './context.ts'
import { halfPrecision } from './half.ts'
import type { Target } from './network.ts'
import { appendRecord, readRecords, scalars, truncateRecords } from './records.ts'
import { epochsOf, learningRateAt, sizeAt } from './schedule.ts'
import { startOf } from './start.ts'
import { type Batch, newStudent, type Student } from './student.ts'
import type { DistillFigures, DistillPlan, DistillRecord } from './types.ts'
import type { Views } from './views.ts'

export interface DistillerRequest {
  readonly run: string
  readonly plan: DistillPlan
  readonly split: Split
  readonly cache: string
  readonly decodeWorkers: number
  /** Of plan and data. */
  readonly fingerprint: string
  /** What the weights' file says of itself. */
  readonly metadata: Readonly<Record<string, string>>
}

/** The student's weights in a run folder. */
export const weightsName = 'student.safetensors'
/** Each picture is kept larger than the teachers' crops need: the side in the cache, as a share of what they see. */
const keptShare = 4 / 7
/** Milliseconds between checkpoints while an epoch goes on. */
const checkpointPace = 120_000

interface Work {
  readonly request: DistillerRequest
  readonly context: DistillerContext
  readonly data: TrainingData
  readonly views: Views
  readonly targets: readonly Target[]
  readonly reader: BatchReader
  readonly student: Student
}

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

/** The rest of an epoch. */
async function learnEpoch(work: Work, progress: Progress): Promise<DistillFigures> {
  const { request, context, data, targets, reader, student } = work
  const { plan, run } = request
  const { epoch } = progress
  const order = orderOf(plan, epoch, data.train())
  const steps = Math.floor(order.length / plan.batchSize)
  let { step, lossSum, agreed } = progress
  let saved = context.clock()
  let hasLogits = true
  const report = paced(context, (done: number) =>
    context.emit({
      event: 'progress',
      stage: 'train',
      epoch: epoch + 1,
      epochs: epochsOf(plan),
      done,
      total: steps * plan.batchSize,
    }),
  )
  const batchAt = (at: number): Batch => {
    const positions = order.slice(at * plan.batchSize, (at + 1) * plan.batchSize)
    return reader.read(
      positions,
      epoch % plan.views,
      sizeAt(plan, epoch),
      randomOf(plan.seed, 'mirror', epoch, at),
    )
  }
  let next = step < steps ? batchAt(step) : undefined
  while (next !== undefined) {
    const batch = next
    const rate = learningRateAt(plan, epoch, step / steps)
    const learning = student.learn(batch, epoch * steps + step + 1, rate)
    learning.catch(() => {}) // it is awaited below
    // While the threads learn from their copies.
    next = step + 1 < steps ? batchAt(step + 1) : undefined
    const { loss, answers } = await learning
    if (!Number.isFinite(loss)) throw divergence(plan, epoch)
    const same = agreements(answers, batch, targets)
    hasLogits = same !== null
    lossSum += loss * batch.count
    agreed += same ?? 0
    step++
    report(step * plan.batchSize)
    if (context.signal.aborted || context.clock() - saved > checkpointPace) {
      writeDistillCheckpoint(run, { ...progress, step, lossSum, agreed }, student.state)
      saved = context.clock()
      context.signal.throwIfAborted()
    }
  }
  const seen = steps * plan.batchSize
  return { loss: lossSum / seen, accuracy: hasLogits ? agreed / seen : null }
}

/** The averaged weights on the images that are not trained on. */
async function measureAll(
  { request: { plan }, data, targets, reader, student }: Work,
  size: number,
): Promise<DistillFigures> {
  const positions = data.validation()
  let [loss, agreed, hasLogits] = [0, 0, true]
  for (let from = 0; from < positions.length; from += plan.batchSize) {
    const batch = reader.read(positions.slice(from, from + plan.batchSize), 0, size, null)
    const answer = await student.measure(batch)
    const same = agreements(answer.answers, batch, targets)
    hasLogits = same !== null
    loss += answer.loss * batch.count
    agreed += same ?? 0
  }
  return { loss: loss / positions.length, accuracy: hasLogits ? agreed / positions.length : null }
}

function writeWeights({ request: { run, metadata }, student }: Work): void {
  writeFileAtomic(join(run, weightsName), encodeSafetensors(halfPrecision(student.backbone()), metadata))
}

function divergence({ learningRate }: DistillPlan, epoch: number): UserError {
  return new UserError('diverged', `The loss is not finite in epoch ${epoch + 1}`, {
    hint: `try a smaller learning rate, such as --learning-rate ${learningRate / 4}`,
  })
}
