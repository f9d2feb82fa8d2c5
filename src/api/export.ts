/** A run made into what others use, and checked against the run before it gets its name. */
import { readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { type Classifier, openClassifier } from '../bundle/classifier.ts'
import { loadBundle } from '../bundle/load-bundle.ts'
import type { Example } from '../dataset/types.ts'
import {
  type ExportedEngine,
  openBundleExport,
  openTransformersExport,
  openWebExport,
} from '../export/engines.ts'
import type { ExportFiles } from '../export/files.ts'
import { refuseOthers, writeExport } from '../export/folder.ts'
import { onnxBundle, onnxFiles } from '../export/onnx.ts'
import { answersOf, driftTolerance, type VerifiedFile, verifiedFiles } from '../export/verify.ts'
import { webFiles } from '../export/web.ts'
import { fileNames, readRunRecord } from '../train/run-folder.ts'
import { version } from '../util/version.ts'
import { type HeldOutOptions, heldOutExamples } from './held-out.ts'

/** `web`: a static site; `onnx`: files for ONNX Runtime and transformers.js. */
export type ExportTarget = 'web' | 'onnx'

export interface ExportOptions extends HeldOutOptions {
  readonly to: ExportTarget
  /** The folder to make; by default one named after the target, in the run's folder. */
  readonly out?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Called after each picture of the verification. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** `verification.json`. */
export interface Verification {
  readonly format: 1
  readonly createdBy: string
  readonly run: string
  /** The largest difference of a probability that was borne. */
  readonly tolerance: number
  /** Validation images that were compared; 0 when the export was not verified. */
  readonly images: number
  readonly files: readonly VerifiedFile[]
}

export interface Exported {
  readonly out: string
  /** Of all its files together. */
  readonly bytes: number
  readonly verification: Verification
}

interface Target {
  files(bundle: ReturnType<typeof loadBundle>, bytes: Uint8Array, title: string): ExportFiles
  /** Opens the files as those who get them will run them. */
  engines(folder: string): Promise<ExportedEngine>[]
}

const targets: Readonly<Record<ExportTarget, Target>> = {
  web: { files: webFiles, engines: folder => [openWebExport(folder)] },
  onnx: {
    files: onnxFiles,
    engines: folder => [openBundleExport(folder, onnxBundle), openTransformersExport(folder)],
  },
}

/**
 * Exports a run's classifier. The run's own validation images go through the exported files, which have to answer as
 * the run does; otherwise nothing is left.
 *
 * @param run a run folder
 * @throws UserError `run` or `model` when it cannot be used, `data` when its images are not found, `storage` when the
 *   folder cannot be written, `model` when the export answers otherwise
 */
export async function exportRun(run: string, options: ExportOptions): Promise<Exported> {
  const record = readRunRecord(run)
  const { to, out = join(run, to) } = options
  refuseOthers(out)
  const path = join(run, fileNames.best)
  const bundle = loadBundle(path)
  const examples = await heldOutExamples(record, options)
  const title = basename(resolve(run))
  const files = targets[to].files(bundle, new Uint8Array(readFileSync(path)), title)
  const verification = await writeExport(out, files, async folder => {
    const engines = await Promise.all(targets[to].engines(folder))
    const classifier = await openClassifier(bundle)
    try {
      return await verified(run, classifier, engines, examples, options)
    } finally {
      await Promise.all([classifier, ...engines].map(engine => engine.close()))
    }
  })
  return { out, bytes: sizeOf(out, files), verification }
}

async function verified(
  run: string,
  classifier: Classifier,
  engines: readonly ExportedEngine[],
  examples: readonly Example[],
  options: ExportOptions,
): Promise<Verification> {
  const answers = await answersOf(classifier, engines, examples, options)
  return {
    format: 1,
    createdBy: `graft ${version}`,
    run: basename(resolve(run)),
    tolerance: driftTolerance,
    images: answers.examples.length,
    files: verifiedFiles(answers, engines, classifier.classNames),
  }
}

function sizeOf(folder: string, files: ExportFiles): number {
  return [...files.keys()].reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}
