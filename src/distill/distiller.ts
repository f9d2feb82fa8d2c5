/** The story of a distillation, told in the worker thread: ask the teachers, teach the student, write its weights. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import type { Split } from '../dataset/types.ts'
import { encodeSafetensors } from '../model/weights/safetensors.ts'
import { openTrainingData, type TrainingData } from '../train/data.ts'
import { fileNames } from '../train/run-folder.ts'
import { UserError } from '../util/errors.ts'
import { writeFileAtomic } from '../util/files.ts'
import { appendJsonLine, jsonLines, readJsonLines } from '../util/json-lines.ts'
import { randomOf } from '../util/random.ts'
import { openEventFile } from '../util/tensorboard.ts'
import { agreements, type BatchReader, batchReader, orderOf } from './batches.ts'
import { type Progress, readDistillCheckpoint, writeDistillCheckpoint } from './checkpoint.ts'
import { halfPrecision } from './half.ts'
import { momentsOf } from './moments.ts'
import type { Target } from './network.ts'
import { learningRateAt, sizeAt } from './schedule.ts'
import { newStudent, type Student } from './student.ts'
import { openTeacher, type Teacher } from './teacher.ts'
import type { DistillEvent, DistillFigures, DistillPlan, DistillRecord } from './types.ts'
import { openViews, type Views } from './views.ts'

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

export interface DistillerContext {
  emit(event: DistillEvent): void
  /** Asked to stop: the run ends at the next step and leaves a checkpoint. */
  readonly signal: AbortSignal
  /** Milliseconds, for rates and durations; results do not depend on it. */
  clock(): number
}

/** The student's weights in a run folder. */
export const weightsName = 'student.safetensors'
/** Each picture is kept larger than the teachers' crops need: the side in the cache, as a share of what they see. */
const keptShare = 4 / 7
/** Images by which features are standardised. */
const measured = 4096
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
  const data = await openTrainingData(split, {
    preprocessing: { size, fit: 'squash', background: [255, 255, 255] },
    cache,
    workers: request.decodeWorkers,
    signal,
  })
  try {
    const { views, parts, digests } = await askTeachers(request, context, data)
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([request.fingerprint, digests]))
      .digest('hex')
    const targets = parts.flat()
    const student = newStudent(plan, targets)
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

/** Has every view answered by every teacher. */
async function askTeachers(
  { plan, cache }: DistillerRequest,
  context: DistillerContext,
  data: TrainingData,
): Promise<{ views: Views; parts: Target[][]; digests: string[] }> {
  const teachers: Teacher[] = []
  try {
    for (const path of plan.teachers) teachers.push(await openTeacher(path, plan.teacherSize, plan.threads))
    const views = openViews(plan, data, teachers, cache)
    const train = data.train()
    const total = train.length * plan.views + data.validation().length
    const report = paced(context, (done: number) =>
      context.emit({ event: 'progress', stage: 'teacher', epoch: null, epochs: epochsOf(plan), done, total }),
    )
    for (let view = 0; view < plan.views; view++) {
      const positions = view === 0 ? [...train, ...data.validation()] : data.train()
      const before = view === 0 ? 0 : view * train.length + data.validation().length
      await views.ensure(positions, view, done => report(before + done))
      context.signal.throwIfAborted()
    }
    return {
      views,
      parts: partsOf(plan, data, views, teachers),
      digests: teachers.map(({ digest }) => digest),
    }
  } finally {
    for (const teacher of teachers) await teacher.close()
  }
}

/** Each teacher's parts with the moments of its answers to some images. */
function partsOf(
  plan: DistillPlan,
  data: TrainingData,
  views: Views,
  teachers: readonly Teacher[],
): Target[][] {
  const some = data.train().slice(0, measured)
  const pixels = new Uint8Array(some.length * plan.student.size ** 2 * 3)
  const widths = teachers.map(({ parts }) => parts.reduce((sum, { length }) => sum + length, 0))
  const answers = widths.map(width => new Float32Array(some.length * width))
  views.read(some, 0, pixels, answers)
  return teachers.map(({ parts }, teacher) => {
    let start = 0
    return parts.map(part => {
      const moments = momentsOf(answers[teacher]!, widths[teacher]!, start, part.length)
      start += part.length
      return { ...part, moments }
    })
  })
}

/** Epoch after epoch from where the progress says. */
async function teach(work: Work, from: Progress): Promise<DistillRecord> {
  const { request, context, student } = work
  const { run, plan } = request
  const epochs = epochsOf(plan)
  let progress = from
  truncate(run, progress.epoch)
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
    append(run, record)
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
  while (step < steps) {
    const positions = order.slice(step * plan.batchSize, (step + 1) * plan.batchSize)
    const mirror = randomOf(plan.seed, 'mirror', epoch, step)
    const batch = reader.read(positions, epoch % plan.views, sizeAt(plan, epoch), mirror)
    const rate = learningRateAt(plan, epoch, step / steps)
    const { loss, answers } = await student.learn(batch, epoch * steps + step + 1, rate)
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
    // The engine holds this thread while it computes; messages such as "stop" come in between.
    await new Promise(setImmediate)
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

function epochsOf({ stages }: DistillPlan): number {
  return stages.reduce((sum, { epochs }) => sum + epochs, 0)
}

/** Lets a report through ten times a second at most. */
function paced({ clock }: DistillerContext, report: (done: number) => void): (done: number) => void {
  let last = Number.NEGATIVE_INFINITY
  return done => {
    if (clock() - last < 100) return
    last = clock()
    report(done)
  }
}

function divergence({ learningRate }: DistillPlan, epoch: number): UserError {
  return new UserError('diverged', `The loss is not finite in epoch ${epoch + 1}`, {
    hint: `try a smaller learning rate, such as --learning-rate ${learningRate / 4}`,
  })
}

function scalars({ train, validation, learningRate }: DistillRecord): [string, number][] {
  const of = (name: string, { loss, accuracy }: DistillFigures): [string, number][] => [
    [`loss/${name}`, loss],
    ...(accuracy === null ? [] : [[`agreement/${name}`, accuracy] as [string, number]]),
  ]
  return [...of('train', train), ...of('validation', validation), ['learning-rate', learningRate]]
}

function append(run: string, record: DistillRecord): void {
  appendJsonLine(join(run, fileNames.metrics), record)
}

const recordSchema = z.looseObject({ epoch: z.int() }) as unknown as z.ZodType<DistillRecord>

/** The epochs of a run so far; a last line that a killed process left unfinished is dropped. */
export function readRecords(run: string): DistillRecord[] {
  return readJsonLines(join(run, fileNames.metrics), recordSchema)
}

/** Keeps the epochs up to one, so that a resumed run writes the others again. */
function truncate(run: string, lastEpoch: number): void {
  const kept = readRecords(run).filter(({ epoch }) => epoch <= lastEpoch)
  writeFileAtomic(join(run, fileNames.metrics), jsonLines(kept))
}
