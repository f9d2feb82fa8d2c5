/** A classifier as ONNX files: the bundle for any runtime, the folder for transformers.js, labels, and how to use them. */
import type { Bundle } from '../bundle/load-bundle.ts'
import { transformersFiles } from '../bundle/transformers.ts'
import type { ExportFiles } from './files.ts'
import { labelModule } from './labels.ts'
import { onnxReadme } from './onnx-readme.ts'

/** What the bundle is called in the folder: what ONNX tools look for first. */
export const onnxBundle = 'model.onnx'

/**
 * @param bytes the bundle
 * @param title the classifier's name
 */
export function onnxFiles(bundle: Bundle, bytes: Uint8Array, title: string): ExportFiles {
  return new Map<string, string | Uint8Array>([
    [onnxBundle, bytes],
    ...transformersFiles(bundle),
    ...labelModule(bundle.facts.classNames),
    ['README.md', onnxReadme(bundle.facts, title)],
  ])
}
