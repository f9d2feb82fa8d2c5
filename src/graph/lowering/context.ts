/** What a lowering rule sees: the graph it reads, the graph it writes, and each value's layouts. */
import { type GraphBuilder, graphBuilder } from '../builder.ts'
import type { OpName } from '../ops.ts'
import { numbersOf } from '../tensor.ts'
import type { Graph, Node, Shape, ValueInfo } from '../types.ts'
import { planeOf } from '../windows.ts'

/**
 * How the elements of a picture-like value [N, C, H, W] lie in memory: as ONNX has it, or channel first with the
 * batch innermost, [1, C, H*W, N], where a 1x1 convolution is one matrix product over all pixels of the batch.
 */
export type Layout = 'plain' | 'channelFirst'

export interface LoweringContext {
  /** The graph being written. */
  readonly g: GraphBuilder
  /** What is known of a value of the graph being read. */
  info(value: string): ValueInfo
  /** The value in a layout, rearranged when it is not there yet. */
  get(value: string, layout?: Layout): string
  /** Whether the value is there in the layout already. */
  has(value: string, layout: Layout): boolean
  /** Says where a value of the graph being read is in the graph being written. */
  set(value: string, layout: Layout, lowered: string): void
  ints(values: readonly number[]): string
  /** The numbers behind a value of the graph being read, when it is constant. */
  constantOf(value: string): number[] | undefined
  /** The node of the graph being read that gives a value. */
  producer(value: string): Node | undefined
}

/** Writes a node in ONNX operators; false when this form of it is left to the next rule. */
export type LoweringRule<K extends OpName> = (node: Node<K>, context: LoweringContext) => boolean

export function loweringContext(graph: Graph): LoweringContext {
  const g = graphBuilder(graph.name, undefined, graph.values)
  const places: Record<Layout, Map<string, string>> = { plain: new Map(), channelFirst: new Map() }
  const producers = new Map(graph.nodes.flatMap(node => node.outputs.map(output => [output, node] as const)))
  const context: LoweringContext = {
    g,
    constantOf(value) {
      const found = graph.initializers.get(value)
      return found && numbersOf(found)
    },
    producer: value => producers.get(value),
    info: value => graph.values.get(value)!,
    has: (value, layout) => places[layout].has(value),
    set: (value, layout, lowered) => void places[layout].set(value, lowered),
    ints: values => g.constant('int64', [values.length], values),
    get(value, layout = 'plain') {
      const known = places[layout].get(value)
      if (known !== undefined) return known
      const other = places[layout === 'plain' ? 'channelFirst' : 'plain'].get(value)
      if (other === undefined) throw new RangeError(`The value "${value}" is used before it is made`)
      const shape = context.info(value).shape
      const moved =
        layout === 'plain' ? toPlain(context, other, shape) : toChannelFirst(context, other, shape)
      places[layout].set(value, moved)
      return moved
    },
  }
  return context
}

/** [N, C, H, W] -> [1, N, C, H*W] -> [1, C, H*W, N] */
function toChannelFirst({ g, ints }: LoweringContext, value: string, shape: Shape): string {
  const flat = g.add('Reshape', [value, ints([1, -1, shape[1] as number, planeOf(shape)])])
  return g.add('Transpose', [flat], { perm: [0, 2, 3, 1] })
}

/** [1, C, H*W, N] -> [1, N, C, H*W] -> [N, C, H, W] */
function toPlain({ g, ints }: LoweringContext, value: string, shape: Shape): string {
  const batchFirst = g.add('Transpose', [value], { perm: [0, 3, 1, 2] })
  return g.add('Reshape', [batchFirst, ints([-1, ...(shape.slice(1) as number[])])])
}
