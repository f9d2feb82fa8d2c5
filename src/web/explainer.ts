/** What a bundle's network looked at, in a browser: the heat map that Node draws, from the same graph. */
import { bundleNames } from '../bundle/bundle-graph.ts'
import type { HeatMap } from '../bundle/heat-colour.ts'
import { choiceRows, explainedGraph, heatNames } from '../bundle/heat-graph.ts'
import { readOnnx } from '../graph/onnx/read.ts'
import { writeOnnx } from '../graph/onnx/write.ts'
import { openWebGraph, refused } from './graph.ts'
import type { Runtime } from './runtime.ts'

export interface WebExplainer {
  /**
   * The heat map of one class.
   *
   * @param pixels uint8 RGB [size, size, 3]
   * @param choice the class, 0..K-1
   * @throws UserError `model` when the engine fails
   */
  run(pixels: Uint8Array, choice: number): Promise<HeatMap>
  close(): Promise<void>
}

/**
 * Opens a bundle's network once more, with heat maps.
 *
 * The processor computes it, also where the graphics card classifies: the card was asked for its probabilities only
 * before it was trusted.
 *
 * @param bytes a bundle that was read already
 * @throws UserError `model` when the network cannot be explained, or the engine refuses it
 */
export async function openWebExplainer(
  runtime: Runtime,
  bytes: Uint8Array,
  { name, size, classes, threads }: ExplainerOptions,
): Promise<WebExplainer> {
  const { graph } = readOnnx(bytes, name)
  const file = writeOnnx(explainedGraph({ graph, name }))
  const opened = await openWebGraph(runtime, file, { device: 'wasm', threads }).catch(error =>
    Promise.reject(refused(error)),
  )
  return {
    async run(pixels, choice) {
      const { [heatNames.heat]: heat } = await opened.run({
        [bundleNames.input]: new runtime.Tensor('uint8', pixels, [1, size, size, 3]),
        [heatNames.choice]: new runtime.Tensor('float32', choiceRows([choice], 1, classes), [1, classes]),
      })
      const [, rows, columns] = heat!.shape as [number, number, number]
      return { rows, columns, values: heat!.data }
    },
    close: opened.close,
  }
}

export interface ExplainerOptions {
  /** The bundle's, for errors. */
  readonly name: string
  /** Side of the network's square, in pixels. */
  readonly size: number
  /** K, the number of classes. */
  readonly classes: number
  readonly threads: number
}
