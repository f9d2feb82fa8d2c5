/** The tensor engine of browsers, onnxruntime-web: where it comes from is the user's choice. */
import type * as OnnxRuntimeWeb from 'onnxruntime-web'

export type { InferenceSession, Tensor } from 'onnxruntime-web'

/** What computes: the graphics card, or the processor through WebAssembly. */
export type Device = 'webgpu' | 'wasm'

/** The module that onnxruntime-web exports. */
export type Runtime = typeof OnnxRuntimeWeb

/** The engine's build for a device; each is fetched only when it is wanted. */
export type RuntimeSource = (device: Device) => Promise<Runtime>

/** The package as the user's bundler, or Node, finds it. */
export const installedRuntime: RuntimeSource = async device =>
  device === 'webgpu' ? import('onnxruntime-web/jspi') : import('onnxruntime-web/wasm')

/** The engine's files in a folder of a web site, as an exported folder has them. */
export function runtimeIn(folder: URL): RuntimeSource {
  return async device => {
    const build = device === 'webgpu' ? 'jspi' : 'wasm'
    return (await import(new URL(`ort.${build}.min.mjs`, folder).href)) as Runtime
  }
}
