/** The forms of an export: which files each has, and what will run them. */
import type { Bundle } from '../bundle/load-bundle.ts'
import { type ExportedEngine, openBundleExport, openTransformersExport, openWebExport } from './engines.ts'
import type { ExportFiles } from './files.ts'
import { onnxBundle, onnxFiles } from './onnx.ts'
import { tfjsFiles } from './tfjs.ts'
import { openTfjsExport } from './tfjs-engine.ts'
import { webFiles } from './web.ts'

/** `web`: a static site; `onnx`: files for ONNX Runtime and transformers.js; `tfjs`: a layers model for TensorFlow.js. */
export type ExportTarget = 'web' | 'onnx' | 'tfjs'

export interface Target {
  /**
   * @param bytes the bundle
   * @param title the classifier's name
   */
  files(bundle: Bundle, bytes: Uint8Array, title: string): ExportFiles
  /** Opens the files of a folder as those who get them will run them. */
  engines(folder: string): readonly Promise<ExportedEngine>[]
}

export const targets: Readonly<Record<ExportTarget, Target>> = {
  web: { files: webFiles, engines: folder => [openWebExport(folder)] },
  onnx: {
    files: onnxFiles,
    engines: folder => [openBundleExport(folder, onnxBundle), openTransformersExport(folder)],
  },
  tfjs: {
    files: (bundle, _bytes, title) => tfjsFiles(bundle, title),
    engines: folder => [openTfjsExport(folder)],
  },
}
