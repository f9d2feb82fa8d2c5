/** Steps that train all layers: one session whose operators are shared by all threads, against a divided batch. */
import { graphBuilder } from '../src/graph/builder.ts'
import { openDividedSession } from '../src/graph/divided/session.ts'
import { withGradients } from '../src/graph/gradients/index.ts'
import { statisticsFromInputs } from '../src/graph/input-statistics.ts'
import { lower } from '../src/graph/lowering/index.ts'
import { openSession, type Session, type Tensors } from '../src/graph/session.ts'
import { tensorOf } from '../src/graph/tensor.ts'
import type { Graph, Tensor, ValueInfo } from '../src/graph/types.ts'
import { multiplyAdds } from '../src/model/cut.ts'
import { headNames, withHead, withLoss } from '../src/model/head.ts'
import { mobilenetV2 } from '../src/model/mobilenet-v2.ts'
import { randomOf } from '../src/util/random.ts'
import type { Print } from './decode.ts'

const size = 96
const batch = 64
const rounds = 5
const runsPerRound = 3
const side = 2048

/** For each width: images a second, and the share of the engine's speed at a product of 2048 x 2048 matrices. */
export async function benchWholeSteps(print: Print, threads: number): Promise<void> {
  for (const alpha of [0.35, 1]) {
    const { loss, trained, products } = networkOf(alpha)
    const step = (graph: Graph): Graph => lower(withGradients(graph, headNames.loss, trained))
    const [plain, folded] = [step(loss), step(statisticsFromInputs(loss))]
    const product = productOf()
    const kinds: readonly Timed[] = [
      timed(product, () => openSession(product, { threads })),
      timed(plain, () => openSession(plain, { threads })),
      timed(folded, () => openDividedSession(folded, { parts: threads })),
    ]
    for (let round = 0; round < rounds; round++) for (const kind of kinds) await kind.round()
    const [peak, before, after] = kinds.map(({ median }) => median()) as [number, number, number]
    const share = (ms: number): string =>
      `${((100 * products * batch * peak) / (side ** 3 * ms)).toFixed(0)}%`
    const rate = (ms: number): string =>
      `${((1000 * batch) / ms).toFixed(0)} images/s, ${share(ms)} of the peak`
    print(
      `all layers, alpha ${alpha}, batch ${batch}: one session ${rate(before)}; divided by ${threads} ${rate(after)}: ` +
        `${(before / after).toFixed(2)} times (peak ${((2 * side ** 3) / peak / 1e6).toFixed(0)} GFLOP/s)`,
    )
  }
}

interface Timed {
  round(): Promise<void>
  /** Milliseconds. */
  median(): number
}

function timed({ inputs }: Graph, open: () => Promise<Session>): Timed {
  const times: number[] = []
  const feeds: Tensors = Object.fromEntries(inputs.map(input => [input.name, numbersFor(input)]))
  return {
    async round() {
      const session = await open()
      for (let warm = 0; warm < 2; warm++) await session.run(feeds)
      for (let at = 0; at < runsPerRound; at++) {
        const began = performance.now()
        await session.run(feeds)
        times.push(performance.now() - began)
      }
      await session.close()
    },
    median: () => times.toSorted((a, b) => a - b)[times.length >> 1]!,
  }
}

/** The loss of the whole network, what it trains, and one image's multiply-adds: three products for each layer. */
function networkOf(alpha: number): { loss: Graph; trained: string[]; products: number } {
  const { graph, output, layers } = mobilenetV2({ alpha, size, batchStatisticsFrom: 0 })
  const model = withHead(graph, output, { pooling: 'average', activation: 'sigmoid', classes: 2 })
  const trained = [...layers.flatMap(layer => layer.parameters), headNames.kernel, headNames.bias]
  const products = 3 * model.nodes.reduce((sum, node) => sum + multiplyAdds(node, model), 0)
  return { loss: withLoss(model, 'sigmoid'), trained, products }
}

function productOf(): Graph {
  const g = graphBuilder('product')
  return g.build([
    g.add(
      'MatMul',
      ['a', 'b'].map(name => g.input(name, 'float32', [side, side])),
    ),
  ])
}

/** Random numbers as large as a network's at its start. */
function numbersFor({ name, shape }: ValueInfo): Tensor {
  const random = randomOf(1, name)
  const sizes = shape.map(dim => (typeof dim === 'string' ? batch : dim))
  const fan = name.endsWith('kernel') ? sizes.slice(1).reduce((product, dim) => product * dim, 1) : 1
  const number = (): number => (/gamma|variance/.test(name) ? 1 : random.normal() / Math.sqrt(fan))
  return tensorOf('float32', sizes, Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, number))
}
