/** A bundle on onnxruntime-web, on one device: in browsers, and in Node where exports are verified. */
import { bundleNames } from '../bundle/bundle-graph.ts'
import type { Judgement } from '../bundle/engine.ts'
import type { BundleFacts } from '../bundle/facts.ts'
import { openWebGraph, type SessionOptions } from './graph.ts'
import type { Device, Runtime } from './runtime.ts'

export interface WebSession {
  readonly device: Device
  /** Threads of the processor that the engine uses. */
  readonly threads: number
  /**
   * Judges one picture.
   *
   * @param pixels uint8 RGB [size, size, 3]
   * @throws UserError `model` when the engine fails
   */
  run(pixels: Uint8Array): Promise<Judgement>
  close(): Promise<void>
}

/** @throws Error in the engine's words when it refuses the graph or cannot be fetched */
export async function openWebSession(
  runtime: Runtime,
  bytes: Uint8Array,
  { preprocessing: { size } }: BundleFacts,
  options: SessionOptions,
): Promise<WebSession> {
  const graph = await openWebGraph(runtime, bytes, options)
  return {
    ...options,
    async run(pixels) {
      const image = new runtime.Tensor('uint8', pixels, [1, size, size, 3])
      const outputs = await graph.run({ [bundleNames.input]: image })
      const { [bundleNames.output]: probabilities, [bundleNames.unfamiliarity]: unfamiliarity } = outputs
      return { probabilities: probabilities!.data, unfamiliarity: unfamiliarity?.data[0] ?? null }
    },
    close: graph.close,
  }
}
