/** The student at work: sessions over flat memory, a step that learns, a pass that is measured. */
import { divisionOf, openDividedSession } from '../graph/divided/session.ts'
import { accumulatorOver } from '../graph/optimizers/accumulate.ts'
import { optimizerFor } from '../graph/optimizers/index.ts'
import { openSession, type Session } from '../graph/session.ts'
import { tensor } from '../graph/tensor.ts'
import type { Tensor, ValueInfo } from '../graph/types.ts'
import { initialWeight } from '../model/init.ts'
import { studentNetwork, type Target, valueNames } from './network.ts'
import { flatBuffers, follow, namedViews } from './student-memory.ts'
import type { DistillPlan } from './types.ts'

/** A batch as the step's graph takes it. */
export interface Batch {
  readonly count: number
  /** [count, 3, size, size] in [-1, 1] */
  readonly image: Float32Array
  /** Of each part, [count, length]. */
  readonly targets: readonly Float32Array[]
}

export interface Answer {
  readonly loss: number
  /** [count, all parts' numbers] */
  readonly answers: Float32Array
}

/** All numbers that a student is made of, to be written and read again. */
export interface StudentState {
  /** Weights, averaged weights, then the optimizer's moments: regions of equal length. */
  readonly regions: readonly Float32Array[]
  /** Batch norm's running statistics, then their averages. */
  readonly statistics: readonly Float32Array[]
}

export interface Student {
  /** The live memory; writing to it changes the student. */
  readonly state: StudentState
  /** One step; the batch is read until it is done. @param step counts from 1 */
  learn(batch: Batch, step: number, learningRate: number): Promise<Answer>
  /** Measures the averaged weights. */
  measure(batch: Batch): Promise<Answer>
  /** The averaged weights of the backbone, copied. */
  backbone(): Map<string, Tensor>
  /** Changes the size of the pictures that it sees. */
  see(size: number): Promise<void>
  close(): Promise<void>
}

/** Steps between additions to the averages: of thousands of steps, every eighth tells as much as each. */
const averagingPace = 8

/**
 * A student that sees nothing before `see` was called.
 *
 * @param start what it knows already, by name; the rest begins at random
 */
export function newStudent(
  plan: DistillPlan,
  targets: readonly Target[],
  start: ReadonlyMap<string, Tensor>,
): Student {
  const { trained, buffers } = studentNetwork(plan, targets, plan.student.size)
  const weightOf = (value: ValueInfo): Tensor => start.get(value.name) ?? initialWeight(value, plan.seed)
  const initial = new Map(trained.map(value => [value.name, weightOf(value)]))
  const optimizer = optimizerFor(initial, { type: 'adamw', weightDecay: plan.weightDecay })
  const { flat } = optimizer
  const adder = accumulatorOver(flat)
  const weights = new Float32Array(flat.memory.buffer, flat.regions[0], flat.length)
  const averaged = weights.slice()
  const running = flatBuffers(buffers.map(weightOf))
  const averagedRunning = running.slice()
  const named = namedViews(
    optimizer,
    buffers.map(({ name, shape }) => [name, shape as number[]]),
  )
  let sessions: { step: Session; forward: Session; size: number; moving: readonly string[] } | null = null
  const current = () => {
    if (sessions === null) throw new Error('Internal: the student does not see yet')
    return sessions
  }
  const feeds = ({ count, image, targets: wanted }: Batch, size: number): Record<string, Tensor> => ({
    [valueNames.image]: tensor('float32', [count, 3, size, size], image),
    ...Object.fromEntries(
      wanted.map((data, at) => [
        valueNames.target(at),
        tensor('float32', [count, data.length / count], data),
      ]),
    ),
  })
  return {
    state: {
      regions: [weights, averaged, ...flat.moments],
      statistics: [running, averagedRunning],
    },
    async learn(batch, step, learningRate) {
      const { step: session, size, moving } = current()
      const results = await session.run(
        pick({ ...named.weights(weights), ...named.buffers(running), ...feeds(batch, size) }, session),
        named.gradients,
      )
      follow(
        running,
        moving.map(name => results[name]!.data as Float32Array),
        plan.momentum,
      )
      optimizer.update(step, learningRate)
      if (step % averagingPace === 0) {
        // Early averages would remember the random start for long.
        const decay = Math.min(plan.averaging ** averagingPace, step / (step + 10 * averagingPace))
        follow(averaged, [weights], decay)
        follow(averagedRunning, [running], decay)
      }
      return answerOf(results)
    },
    async measure(batch) {
      const { forward, size } = current()
      const fed = { ...named.weights(averaged), ...named.buffers(averagedRunning), ...feeds(batch, size) }
      return answerOf(await forward.run(pick(fed, forward)))
    },
    backbone() {
      const all = { ...named.weights(averaged), ...named.buffers(averagedRunning) }
      const own = Object.entries(all).filter(
        ([name]) => name !== valueNames.kernel && name !== valueNames.bias,
      )
      return new Map(
        own.map(([name, { dtype, shape, data }]) => [name, { dtype, shape, data: data.slice() }]),
      )
    },
    async see(size) {
      if (sessions?.size === size) return
      await sessions?.step.close()
      await sessions?.forward.close()
      const { step, forward, moving } = studentNetwork(plan, targets, size)
      sessions = {
        forward: await openSession(forward, { threads: plan.threads }),
        step: await openDividedSession(step, { ...divisionOf(plan, smallestPart), adder }),
        size,
        moving: moving.map(({ batchValue }) => batchValue),
      }
    },
    async close() {
      await sessions?.step.close()
      await sessions?.forward.close()
    },
  }
}

/** Fewer images are too few for a batch's statistics. */
const smallestPart = 16

function pick(values: Readonly<Record<string, Tensor>>, { inputNames }: Session): Record<string, Tensor> {
  return Object.fromEntries(inputNames.map(name => [name, values[name]!]))
}

function answerOf(results: Readonly<Record<string, Tensor>>): Answer {
  return {
    loss: Number(results[valueNames.loss]!.data[0]),
    answers: results[valueNames.answers]!.data as Float32Array,
  }
}
