/** A graph as text, one line a value, for people and for tests. */
import type { DType, Graph, Node, Shape, ValueInfo } from './types.ts'

const shortNames: Readonly<Record<DType, string>> = {
  float32: 'f32',
  float64: 'f64',
  float16: 'f16',
  int32: 'i32',
  int64: 'i64',
  uint8: 'u8',
  int8: 'i8',
  bool: 'bool',
}

/**
 * The graph as text.
 *
 * @example
 * graph regression(x: f32[N,2]) -> (y)
 *   weight = initializer f32[2,1]
 *   y = MatMul(x, weight) : f32[N,1]
 */
export function printGraph(graph: Graph): string {
  const { name, inputs, outputs, initializers, nodes } = graph
  const used = new Set(nodes.flatMap(node => node.inputs))
  const arrays = [...initializers].filter(([key]) => used.has(key))
  return [
    `graph ${name}(${inputs.map(printValue).join(', ')}) -> (${outputs.map(output => output.name).join(', ')})`,
    ...arrays.map(([key, { dtype, shape }]) => `  ${key} = initializer ${typeText(dtype, shape)}`),
    ...nodes.map(node => `  ${printNode(node, graph)}`),
    '',
  ].join('\n')
}

function printNode({ op, inputs, outputs, attributes }: Node, { values }: Graph): string {
  const types = outputs.map(output => {
    const value = values.get(output)!
    return typeText(value.dtype, value.shape)
  })
  const words = Object.entries(attributes).map(
    ([key, value]) => `${key}=${Array.isArray(value) ? `[${value}]` : value}`,
  )
  const options = words.length > 0 ? ` {${words.join(', ')}}` : ''
  return `${outputs.join(', ')} = ${op}(${inputs.join(', ')})${options} : ${types.join(', ')}`
}

function printValue({ name, dtype, shape }: ValueInfo): string {
  return `${name}: ${typeText(dtype, shape)}`
}

function typeText(dtype: DType, shape: Shape): string {
  return `${shortNames[dtype]}[${shape.join(',')}]`
}
