/** One epoch of a distillation: what is learned, and what the averaged weights then know. */
import type { Split } from '../dataset/types.ts'
import type { TrainingData } from '../train/data.ts'
import { UserError } from '../util/errors.ts'
import { randomOf } from '../util/random.ts'
import { agreements, type BatchReader, orderOf } from './batches.ts'
import { type Progress, writeDistillCheckpoint } from './checkpoint.ts'
import { type DistillerContext, paced } from './context.ts'
import type { Target } from './network.ts'
import { epochsOf, learningRateAt, sizeAt } from './schedule.ts'
import type { Batch, Student } from './student.ts'
import type { DistillFigures, DistillPlan } from './types.ts'
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

/** A distillation under way. */
export interface Work {
  readonly request: DistillerRequest
  readonly context: DistillerContext
  readonly data: TrainingData
  readonly views: Views
  readonly targets: readonly Target[]
  readonly reader: BatchReader
  readonly student: Student
}

/** Milliseconds between checkpoints while an epoch goes on. */
const checkpointPace = 120_000

/** The rest of an epoch. */
export async function learnEpoch(work: Work, progress: Progress): Promise<DistillFigures> {
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
  while (step < steps) {
    const batch = batchAt(step)
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
  }
  const seen = steps * plan.batchSize
  return { loss: lossSum / seen, accuracy: hasLogits ? agreed / seen : null }
}

/** The averaged weights on the images that are not trained on. */
export async function measureAll(
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

function divergence({ learningRate }: DistillPlan, epoch: number): UserError {
  return new UserError('diverged', `The loss is not finite in epoch ${epoch + 1}`, {
    hint: `try a smaller learning rate, such as --learning-rate ${learningRate / 4}`,
  })
}
