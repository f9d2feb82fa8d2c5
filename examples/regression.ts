/**
 * Fits a small network to noisy points of a sine: the graph engine alone, no images.
 *
 *     node dist/examples/regression.js
 */
import { fileURLToPath } from 'node:url'
import * as graft from '../src/graph/index.ts' // In a project of your own: 'graft/graph'.

/** Columns x and y [N, 1] -> the mean squared error of a network 1 - 16 - 1 with tanh. */
function network(): graft.Graph {
  const g = graft.graphBuilder('regression')
  const [x, y] = [g.input('x', 'float32', ['N', 1]), g.input('y', 'float32', ['N', 1])]
  const dense = (name: string, from: string, inputs: number, outputs: number): string => {
    const kernel = g.input(`${name}/kernel`, 'float32', [inputs, outputs])
    return g.add('Gemm', [from, kernel, g.input(`${name}/bias`, 'float32', [outputs])], {}, name)
  }
  const curve = dense('curve', g.add('Tanh', [dense('bend', x, 1, 16)]), 16, 1)
  const error = g.add('Sub', [curve, y])
  return g.build([g.add('ReduceMean', [g.add('Mul', [error, error])], { keepdims: 0 }, 'loss'), curve])
}

/** Trains on 64 points for 1,500 steps, `print` told of every 250th; returns the points and the curve. */
export async function regression(
  seed: number,
  print: (line: string) => void,
): Promise<Record<'x' | 'curve', number[]>> {
  const random = graft.randomOf(seed, 'regression')
  const array = (shape: readonly number[], number: (at: number) => number): graft.Tensor =>
    graft.tensorOf(
      'float32',
      shape,
      graft.numbersOf(graft.zeros('float32', shape)).map((_, at) => number(at)),
    )
  const x = array([64, 1], at => ((at + 0.5) / 32 - 1) * Math.PI)
  const y = array([64, 1], at => Math.sin(Number(x.data[at])) + 0.05 * random.normal())

  const forward = network()
  const parameters = forward.inputs.filter(({ name }) => name.includes('/'))
  const names = parameters.map(({ name }) => name)
  const start = parameters.map(({ name, shape }) => [name, array(shape as number[], random.normal)] as const)
  const optimizer = graft.optimizerFor(new Map(start), { type: 'adam' })

  // The engine reads parameters and writes gradients in the optimizer's own memory.
  const { flat } = optimizer
  const feeds = { x, y, ...Object.fromEntries(flat.parameters) }
  const into = Object.fromEntries(names.map(name => [graft.gradientName(name), flat.gradients.get(name)!]))
  const session = await graft.openSession(graft.lower(graft.withGradients(forward, 'loss', names)))
  let result = await session.run(feeds, into)
  for (let step = 1; step <= 1500; step++) {
    optimizer.update(step, 0.01)
    result = await session.run(feeds, into)
    if (step % 250 === 0) print(`step ${step}: loss ${Number(result['loss']!.data[0]).toFixed(5)}`)
  }
  await session.close()
  return { x: graft.numbersOf(x), curve: graft.numbersOf(result['curve']!) }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await regression(1, console.log)
