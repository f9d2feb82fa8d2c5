/** The files of an export at work, each as those who get it will run it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundleNames } from '../bundle/bundle-graph.ts'
import { loadBundle } from '../bundle/load-bundle.ts'
import { openSession } from '../graph/session.ts'
import { tensor } from '../graph/tensor.ts'
import { fitImage } from '../pipeline/fit.ts'
import type { Image } from '../pipeline/types.ts'
import { readBundle } from '../web/bundle.ts'
import { runtimeIn } from '../web/runtime.ts'
import { openWebSession } from '../web/session.ts'
import { engineFolder, webBundle } from './web.ts'

/** One exported file and what runs it. */
export interface ExportedEngine {
  /** The file's path in the export. */
  readonly file: string
  /** What runs it, in a few words. */
  readonly engine: string
  /** The probabilities, float32 [K], of a picture of any size. */
  run(image: Image): Promise<Float32Array>
  close(): Promise<void>
}

/** A web export: the page's own code, and the engine's files that lie beside it, in this process. */
export async function openWebExport(folder: string): Promise<ExportedEngine> {
  const runtime = await runtimeIn(pathToFileURL(`${join(folder, engineFolder)}/`))('wasm')
  const bytes = new Uint8Array(readFileSync(join(folder, webBundle)))
  const facts = await readBundle(bytes, webBundle)
  const session = await openWebSession(runtime, bytes, facts, { device: 'wasm', threads: 1 })
  return {
    file: webBundle,
    engine: 'onnxruntime-web, WebAssembly',
    run: async image => (await session.run(fitImage(image, facts.preprocessing).data)).probabilities,
    close: () => session.close(),
  }
}

/** A bundle that gets whole pictures, as other programs give them: it resizes them itself. */
export async function openBundleExport(folder: string, file: string): Promise<ExportedEngine> {
  const { graph } = loadBundle(join(folder, file))
  const session = await openSession(graph)
  return {
    file,
    engine: 'onnxruntime-node, whole pictures',
    async run({ width, height, data }) {
      const image = tensor('uint8', [1, height, width, 3], data)
      const { [bundleNames.output]: output } = await session.run({ [bundleNames.input]: image })
      return output!.data as Float32Array
    },
    close: () => session.close(),
  }
}

/** The model for transformers.js, fed as its image processor feeds it. */
export async function openTransformersExport(folder: string): Promise<ExportedEngine> {
  const file = 'onnx/model.onnx'
  const session = await openSession(new Uint8Array(readFileSync(join(folder, file))))
  return {
    file,
    engine: 'onnxruntime-node, as transformers.js runs it',
    async run(image) {
      const values = tensor('float32', [1, 3, image.height, image.width], planes(image))
      const { logits } = await session.run({ pixel_values: values })
      return softmax(logits!.data as Float32Array)
    },
    close: () => session.close(),
  }
}

/** uint8 [H, W, 3] -> float32 [3, H, W], in 0..255. */
function planes({ width, height, data }: Image): Float32Array {
  const pixels = width * height
  return Float32Array.from({ length: pixels * 3 }, (_, i) => data[(i % pixels) * 3 + Math.floor(i / pixels)]!)
}

function softmax(logits: Float32Array): Float32Array {
  const most = logits.reduce((a, b) => Math.max(a, b))
  const powers = Array.from(logits, value => Math.exp(value - most))
  const sum = powers.reduce((a, b) => a + b)
  return Float32Array.from(powers, power => power / sum)
}
