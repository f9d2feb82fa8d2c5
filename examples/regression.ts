/**
 * Fits a small network to noisy points of a sine: the graph engine alone, no images.
 *
 *     node dist/examples/regression.js
 */
import { fileURLToPath } from 'node:url'
import {
  type Graph,
  gradientName,
  graphBuilder,
  lower,
  numbersOf,
  openSession,
  optimizerFor,
  randomOf,
  type Tensor,
  tensorOf,
  withGradients,
} from '../src/graph/index.ts' // In a project of your own: 'graft/graph'.

const [points, hidden, steps, learningRate] = [64, 16, 1500, 0.01]

/** Columns x and y [N, 1] -> the mean squared error of a network with one hidden layer of tanh. */
function network(): Graph {
  const g = graphBuilder('regression')
  const [x, y] = [g.input('x', 'float32', ['N', 1]), g.input('y', 'float32', ['N', 1])]
  const dense = (name: string, from: string, inputs: number, outputs: number): string => {
    const kernel = g.input(`${name}/kernel`, 'float32', [inputs, outputs])
    return g.add('Gemm', [from, kernel, g.input(`${name}/bias`, 'float32', [outputs])], {}, name)
  }
  const curve = dense('curve', g.add('Tanh', [dense('bend', x, 1, hidden)]), hidden, 1)
  const error = g.add('Sub', [curve, y])
  return g.build([g.add('ReduceMean', [g.add('Mul', [error, error])], { keepdims: 0 }, 'loss'), curve])
}

/**
 * Trains the network, with `print` called now and then.
 *
 * @returns the points and the curve through them
 */
export async function regression(
  seed: number,
  print: (line: string) => void,
): Promise<Record<'x' | 'curve', number[]>> {
  const random = randomOf(seed, 'regression')
  const normal = (shape: readonly number[]): Tensor => {
    const count = shape.reduce((product, size) => product * size)
    return tensorOf('float32', shape, Array.from({ length: count }, random.normal))
  }
  const x = Array.from({ length: points }, (_, i) => ((i + 0.5) / points - 0.5) * 2 * Math.PI)
  const column = (numbers: number[]): Tensor => tensorOf('float32', [points, 1], numbers)
  const data = { x: column(x), y: column(x.map(at => Math.sin(at) + 0.05 * random.normal())) }

  const forward = network()
  const parameters = forward.inputs.filter(({ name }) => name.includes('/'))
  const names = parameters.map(({ name }) => name)
  const step = lower(withGradients(forward, 'loss', names))
  const start = new Map(parameters.map(({ name, shape }) => [name, normal(shape as number[])]))
  const optimizer = optimizerFor(start, { type: 'adam' })

  // The engine reads parameters and writes gradients in the optimizer's own memory.
  const { flat } = optimizer
  const feeds = { ...data, ...Object.fromEntries(flat.parameters) }
  const into = Object.fromEntries(names.map(name => [gradientName(name), flat.gradients.get(name)!]))
  const session = await openSession(step)
  let result = await session.run(feeds, into)
  for (let count = 1; count <= steps; count++) {
    optimizer.update(count, learningRate)
    result = await session.run(feeds, into)
    if (count % 250 === 0) print(`step ${count}: loss ${numbersOf(result['loss']!)[0]!.toFixed(5)}`)
  }
  await session.close()
  return { x, curve: numbersOf(result['curve']!) }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await regression(1, console.log)
