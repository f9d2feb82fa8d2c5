/** Training steps against the forward pass of the same layers with constant weights, interleaved in one run. */

import { graphBuilder } from '../src/graph/builder.ts'
import type { Folding } from '../src/graph/folding.ts'
import { foldedOptimizer } from '../src/graph/optimizers/folded.ts'
import { openSession, type Session, type Tensors } from '../src/graph/session.ts'
import { tensor } from '../src/graph/tensor.ts'
import { bind, foldBatchNormalization, subgraph } from '../src/graph/transforms.ts'
import type { Graph, Shape, Tensor } from '../src/graph/types.ts'
import { multiplyAdds } from '../src/model/cut.ts'
import { headNames, withHead, withLoss } from '../src/model/head.ts'
import { mobilenetV2 } from '../src/model/mobilenet-v2.ts'
import { stepGraph } from '../src/train/network.ts'
import { gradientPlaces } from '../src/train/step-session.ts'
import { randomOf } from '../src/util/random.ts'
import type { Print } from './decode.ts'

interface Case {
  readonly alpha: number
  readonly batch: number
  readonly statistics: 'stored' | 'batch'
  /** The value that the step begins at, and what stays frozen behind it beside running statistics. */
  readonly from: string
  readonly frozen: readonly string[]
}

const size = 96
const rounds = 5
const runsPerRound = 4

const fineTune: Case = {
  alpha: 1,
  batch: 32,
  statistics: 'stored',
  from: 'block_10_project_BN',
  frozen: ['block_11_expand/kernel'],
}
const whole = { from: 'image', frozen: [] } as const

const cases: readonly Case[] = [
  fineTune,
  ...([0.35, 1] as const).flatMap(alpha =>
    (['stored', 'batch'] as const).flatMap(statistics =>
      [32, 64].map(batch => ({ alpha, batch, statistics, ...whole })),
    ),
  ),
]

/** For each case: ms of the forward pass and of gradients with Adam, their ratio, and the share of SGEMM's peak. */
export async function benchSteps(print: Print, threads: number): Promise<void> {
  for (const one of cases) {
    const { forward, step, peak, products } = await measure(one, threads)
    const layers = one.from === 'image' ? 'all layers' : `from ${one.from}`
    const share = (products * one.batch) / (step / 1000) / peak
    print(
      `step, alpha ${one.alpha}, batch ${one.batch}, ${one.statistics} statistics, ${layers}: ` +
        `forward ${forward.toFixed(1)} ms, step ${step.toFixed(1)} ms, ${(step / forward).toFixed(2)}x, ` +
        `${((one.batch * 1000) / step).toFixed(0)} images/s, ${(100 * share).toFixed(0)}% of ${((2 * peak) / 1e9).toFixed(0)} GFLOP/s`,
    )
  }
}

interface Measured {
  /** Median ms. */
  readonly forward: number
  readonly step: number
  /** Multiply-adds a second of a product of 2048 x 2048 matrices. */
  readonly peak: number
  /** Multiply-adds of one image: three times the forward pass's, for the two gradients are products as large. */
  readonly products: number
}

async function measure(one: Case, threads: number): Promise<Measured> {
  const { forward, step, foldings, trained, feeds } = graphsOf(one)
  const started = new Map(trained.map(name => [name, feeds[name]!]))
  const optimizer = foldedOptimizer(started, { type: 'adam' }, foldings)
  const into = gradientPlaces(step, optimizer)
  const state = { ...feeds, ...Object.fromEntries(optimizer.inputs) }
  const matrix = numbersFor('matrix', [2048, 2048], 1)
  let steps = 0
  const seconds = {
    forward: timed(forward, threads, session => session.run(pick(state, session))),
    step: timed(step, threads, async session => {
      await session.run(pick(state, session), into)
      optimizer.update(++steps, 1e-6, () => 1)
    }),
    peak: timed(productOf(2048), threads, session => session.run({ a: matrix, b: matrix })),
  }
  // One session at a time: idle ones' threads spin, and would slow the one that is measured.
  for (let round = 0; round < rounds; round++)
    for (const kind of ['forward', 'step', 'peak'] as const) await seconds[kind].round()
  const products = 3 * forward.nodes.reduce((sum, node) => sum + multiplyAdds(node, forward), 0)
  return {
    forward: seconds.forward.median(),
    step: seconds.step.median(),
    peak: 2048 ** 3 / (seconds.peak.median() / 1000),
    products,
  }
}

interface Timed {
  round(): Promise<void>
  /** Milliseconds. */
  median(): number
}

function timed(graph: Graph, threads: number, run: (session: Session) => Promise<unknown>): Timed {
  const times: number[] = []
  return {
    async round() {
      const session = await openSession(graph, { threads })
      for (let warm = 0; warm < 2; warm++) await run(session)
      for (let at = 0; at < runsPerRound; at++) {
        const began = performance.now()
        await run(session)
        times.push(performance.now() - began)
      }
      await session.close()
    },
    median: () => times.toSorted((a, b) => a - b)[times.length >> 1]!,
  }
}

/** Both graphs, what the step trains, and random numbers for every input of either. */
function graphsOf({ alpha, batch, statistics, from, frozen }: Case): {
  readonly forward: Graph
  readonly step: Graph
  readonly foldings: readonly Folding[]
  readonly trained: readonly string[]
  readonly feeds: Readonly<Record<string, Tensor>>
} {
  const stored = mobilenetV2({ alpha, size })
  const training = statistics === 'batch' ? mobilenetV2({ alpha, size, batchStatisticsFrom: 0 }) : stored
  const head = { pooling: 'max', activation: 'sigmoid', classes: 2 } as const
  const outputs = [headNames.loss, headNames.logits]
  const loss = subgraph(withLoss(withHead(training.graph, training.output, head), 'sigmoid'), [from], outputs)
  const plain = subgraph(withHead(stored.graph, stored.output, head), [from], [headNames.logits])
  const feeds = Object.fromEntries(
    loss.inputs.map(({ name, shape }) => [name, numbersFor(name, shape, batch)]),
  )
  const data: readonly string[] = [from, headNames.target, headNames.weight]
  const constant = new Set([...frozen, ...stored.layers.flatMap(layer => layer.buffers)])
  const weights = new Map(Object.entries(feeds).filter(([name]) => !data.includes(name)))
  const trained = [...weights.keys()].filter(name => !constant.has(name))
  const kept = new Map([...weights].filter(([name]) => constant.has(name)))
  return {
    forward: foldBatchNormalization(bind(plain, weights)),
    ...stepGraph(bind(loss, kept), trained),
    trained,
    feeds,
  }
}

function productOf(side: number): Graph {
  const g = graphBuilder('product')
  const matrices = ['a', 'b'].map(name => g.input(name, 'float32', [side, side]))
  return g.build([g.add('MatMul', matrices)])
}

/** Random numbers as large as a trained network's; speed does not depend on them unless they overflow. */
function numbersFor(name: string, shape: Shape, batch: number): Tensor {
  const random = randomOf(1, name)
  const sizes = shape.map(dim => (typeof dim === 'string' ? batch : dim))
  const isPositive = name.endsWith('variance') || name.endsWith('gamma')
  const fan = name.endsWith('kernel') ? sizes.slice(1).reduce((product, dim) => product * dim, 1) : 1
  const number = (): number => (isPositive ? 0.9 + 0.2 * random.next() : random.normal() / Math.sqrt(fan))
  const count = sizes.reduce((product, dim) => product * dim, 1)
  return tensor('float32', sizes, Float32Array.from({ length: count }, number))
}

function pick(values: Tensors, { inputNames }: Session): Tensors {
  return Object.fromEntries(inputNames.map(name => [name, values[name]!]))
}
