/**
 * A graph run in float64 by plain loops.
 *
 * Slow and exact: gradient checks compare central differences of it with its own gradients, and lowered graphs
 * on the engine are compared with it. ONNX Runtime has no float64 convolution.
 */
import type { OpName } from '../ops.ts'
import { inferShapes } from '../shapes/index.ts'
import type { Inferred } from '../shapes/rule.ts'
import { numbersOf, tensorOf } from '../tensor.ts'
import type { Dim, Graph, Node, Tensor } from '../types.ts'
import { type NdArray, ndarray } from './array.ts'
import type { Kernel } from './kernel.ts'
import { kernels } from './kernels.ts'

export type { NdArray } from './array.ts'
export { ndarray } from './array.ts'

/**
 * The graph's outputs for these inputs; every dtype is computed as float64.
 *
 * @throws RangeError when an input is missing or does not fit
 */
export function interpret(
  graph: Graph,
  feeds: Readonly<Record<string, NdArray>>,
): Readonly<Record<string, NdArray>> {
  const values = new Map<string, NdArray>()
  for (const [name, value] of graph.initializers) values.set(name, ndarray(value.shape, numbersOf(value)))
  for (const [name, fed] of checkedFeeds(graph, feeds)) values.set(name, fed)
  for (const node of graph.nodes) runNode(node, graph, values)
  return Object.fromEntries(graph.outputs.map(({ name }) => [name, values.get(name)!]))
}

/** The fed arrays, of the shapes that the graph declares; a named size is the same number everywhere. */
function checkedFeeds(graph: Graph, feeds: Readonly<Record<string, NdArray>>): [string, NdArray][] {
  const sizes = new Map<Dim, number>()
  const fits = (dim: Dim, size: number): boolean => {
    const wanted = typeof dim === 'number' ? dim : (sizes.get(dim) ?? size)
    sizes.set(dim, wanted)
    return wanted === size
  }
  return graph.inputs.map(({ name, shape }) => {
    const fed = feeds[name]
    if (fed === undefined) throw new RangeError(`Expected a value for the input "${name}". Received: none`)
    if (fed.shape.length !== shape.length || !shape.every((dim, axis) => fits(dim, fed.shape[axis]!)))
      throw new RangeError(`Expected [${shape}] for the input "${name}". Received: [${fed.shape}]`)
    return [name, fed]
  })
}

function runNode(node: Node, graph: Graph, values: Map<string, NdArray>): void {
  const x = node.inputs.map(input => values.get(input)!)
  const inferred = inferredOutputs(node, graph, values)
  const shapes = inferred.map(({ shape }) => shape as readonly number[])
  const dtypes = inferred.map(({ dtype }) => dtype)
  const results = (kernels[node.op] as Kernel<OpName>)(node, { x, shapes, dtypes })
  node.outputs.forEach((output, index) => void values.set(output, results[index]!))
}

/** The outputs' dtypes and shapes, every named size replaced by the number it has in this run. */
function inferredOutputs(
  node: Node,
  graph: Graph,
  values: ReadonlyMap<string, NdArray>,
): readonly Inferred[] {
  const constant = (index: number): Tensor | undefined => {
    const value = values.get(node.inputs[index] ?? '')
    return value === undefined ? undefined : tensorOf('float64', value.shape, value.data)
  }
  const input = (index: number) => {
    const name = node.inputs[index]!
    return { name, dtype: graph.values.get(name)!.dtype, shape: values.get(name)!.shape }
  }
  return inferShapes(node, { input, constant, measured: () => undefined })
}
