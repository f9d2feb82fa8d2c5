/** Building a graph node by node, each value's dtype and shape known as soon as it is added. */
import { checkArity } from './arity.ts'
import { type Attributes, completeAttributes, type OpName } from './ops.ts'
import { inferShapes } from './shapes/index.ts'
import { tensorOf } from './tensor.ts'
import type { DType, Graph, Node, Shape, Tensor, ValueInfo } from './types.ts'

/** Collects nodes; values are referred to by their names. */
export interface GraphBuilder {
  /** Declares an input of the graph. */
  input(name: string, dtype: DType, shape: Shape): string
  /** Adds a named array that is part of the graph. */
  initializer(name: string, value: Tensor): string
  /** A constant array; equal ones share one initializer. */
  constant(dtype: DType, shape: readonly number[], values: readonly number[]): string
  /**
   * Adds an operation and returns the name of its first output.
   *
   * @throws RangeError when the inputs do not fit the operator or are not in the graph yet, or the name is taken
   */
  add<K extends OpName>(
    op: K,
    inputs: readonly string[],
    attributes?: Partial<Attributes<K>>,
    name?: string,
  ): string
  /** The same for an operation with several outputs. */
  addMany<K extends OpName>(
    op: K,
    inputs: readonly string[],
    outputs: number,
    attributes?: Partial<Attributes<K>>,
    name?: string,
  ): string[]
  /** Adds a node with the names that it has. */
  append(node: Node): void
  info(value: string): ValueInfo
  /** The array behind a name, when it is an initializer. */
  constantOf(value: string): Tensor | undefined
  /** The node that gives a value; none for inputs and initializers. */
  producer(value: string): Node | undefined
  has(value: string): boolean
  build(outputs: readonly string[]): Graph
}

/**
 * A builder that begins empty, or with all that a graph holds.
 *
 * @param reserved names that are given by `append`, `input` and `initializer` only, never made up
 */
export function graphBuilder(
  name: string,
  from?: Graph,
  reserved?: { has(name: string): boolean },
): GraphBuilder {
  const inputs: ValueInfo[] = [...(from?.inputs ?? [])]
  const nodes: Node[] = [...(from?.nodes ?? [])]
  const initializers = new Map(from?.initializers)
  const values = new Map(from?.values)
  const producers = new Map(nodes.flatMap(node => node.outputs.map(output => [output, node] as const)))
  const constants = new Map<string, string>()

  const fresh = (base: string): string => {
    for (let count = 2, result = base; ; count++) {
      if (!values.has(result) && !reserved?.has(result)) return result
      result = `${base}_${count}`
    }
  }
  const info = (value: string): ValueInfo => {
    const found = values.get(value)
    if (found === undefined) throw new RangeError(`The graph "${name}" has no value "${value}"`)
    return found
  }
  const declare = (value: ValueInfo): void => {
    if (values.has(value.name))
      throw new RangeError(`The graph "${name}" has a value "${value.name}" already`)
    values.set(value.name, value)
  }
  const measured = (value: string): Shape | undefined => {
    const node = producers.get(value)
    return node?.op === 'Shape' ? info(node.inputs[0]!).shape : undefined
  }

  const append = (node: Node): void => {
    const at = (index: number): string => node.inputs[index] ?? ''
    checkArity(node.op, node.name, node.inputs.length)
    const inferred = inferShapes(node, {
      input(index) {
        if (at(index) === '') throw new RangeError(`${node.op} "${node.name}" lacks its input ${index}`)
        return info(at(index))
      },
      constant: index => initializers.get(at(index)),
      measured: index => measured(at(index)),
    })
    for (const value of node.inputs) if (value !== '') info(value)
    if (node.outputs.length < 1 || node.outputs.length > inferred.length) {
      const wanted = inferred.length === 1 ? '1 output' : `1 to ${inferred.length} outputs`
      throw new RangeError(
        `Expected ${wanted} of ${node.op} "${node.name}". Received: ${node.outputs.length}`,
      )
    }
    node.outputs.forEach((output, index) => {
      if (output !== '') declare({ name: output, ...inferred[index]! })
      producers.set(output, node)
    })
    nodes.push(node)
  }

  const builder: GraphBuilder = {
    input(inputName, dtype, shape) {
      declare({ name: inputName, dtype, shape })
      inputs.push({ name: inputName, dtype, shape })
      return inputName
    },
    initializer(initializerName, value) {
      declare({ name: initializerName, dtype: value.dtype, shape: value.shape })
      initializers.set(initializerName, value)
      return initializerName
    },
    constant(dtype, shape, numbers) {
      const key = `${dtype}[${shape}]${numbers}`
      const known = constants.get(key)
      if (known !== undefined) return known
      const label = numbers.length <= 4 ? numbers.join(',') : `${dtype}[${shape}]`
      const added = builder.initializer(fresh(`const/${label}`), tensorOf(dtype, shape, numbers))
      constants.set(key, added)
      return added
    },
    add: (op, from, attributes, nodeName) => builder.addMany(op, from, 1, attributes, nodeName)[0]!,
    addMany(op, from, count, attributes, nodeName = op) {
      const label = fresh(nodeName)
      const outputs = Array.from({ length: count }, (_, index) =>
        index === 0 ? label : fresh(`${label}:${index}`),
      )
      append({
        op,
        name: label,
        inputs: from,
        outputs,
        attributes: completeAttributes(op, attributes),
      } as Node)
      return outputs
    },
    append,
    info,
    constantOf: value => initializers.get(value),
    producer: value => producers.get(value),
    has: value => values.has(value),
    build: outputs => ({
      name,
      inputs: [...inputs],
      outputs: outputs.map(info),
      nodes: [...nodes],
      initializers: new Map(initializers),
      values: new Map(values),
    }),
  }
  return builder
}
