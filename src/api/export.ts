/** A run made into what others use, and checked against the run before it gets its name. */
import { readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { z } from 'zod'
import { openClassifier } from '../bundle/classifier.ts'
import { type Bundle, loadBundle } from '../bundle/load-bundle.ts'
import type { Example } from '../dataset/types.ts'
import type { ExportFiles } from '../export/files.ts'
import { refuseOthers, writeExport } from '../export/folder.ts'
import { quantizeBundle } from '../export/quantize.ts'
import { type ExportTarget, targets } from '../export/targets.ts'
import {
  answersOf,
  driftTolerance,
  type Tolerance,
  type VerifiedFile,
  verifiedFiles,
} from '../export/verify.ts'
import { fileNames, type RunRecord, readRunRecord } from '../train/run-folder.ts'
import { UserError } from '../util/errors.ts'
import { amount, callback, checked, labelOptions, signal, text } from '../util/options.ts'
import { version } from '../util/version.ts'
import { type HeldOutOptions, heldOutExamples, runExamples } from './held-out.ts'

export interface ExportOptions extends HeldOutOptions {
  readonly to: ExportTarget
  /** The folder to make; by default one named after the form, in the run's folder. */
  readonly out?: string | undefined
  /** `int8`: the network in whole numbers of 8 bits, a third of the size. */
  readonly quantize?: 'int8' | undefined
  /** The largest loss of accuracy that quantising may cost, in percentage points; default 0.5. */
  readonly maxLoss?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Called after each picture of the verification. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** What quantising did to the accuracy, 0..1, on all validation images of the run. */
export interface Quantization {
  readonly type: 'int8'
  /** Training images that it was calibrated on. */
  readonly calibrated: number
  readonly before: number
  readonly after: number
}

/** `verification.json`. */
export interface Verification {
  readonly format: 1
  readonly createdBy: string
  readonly run: string
  readonly quantization: Quantization | null
  readonly tolerance: Tolerance
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

const defaultMaxLoss = 0.5

const shape = {
  ...labelOptions,
  to: z.enum(Object.keys(targets) as [ExportTarget]),
  out: text(),
  quantize: z.literal('int8'),
  maxLoss: amount(0),
  data: text(),
  images: amount(0),
  signal: signal(),
  onProgress: callback(),
}

/**
 * Exports a run's classifier. The run's own validation images go through the exported files, which have to answer as
 * the run does; otherwise nothing is left.
 *
 * @param run a run folder
 * @throws UserError `usage` for an option that cannot be used, `run` or `model` when it cannot be used, `data` when its images are not found, `storage` when the
 *   folder cannot be written, `model` when the export answers otherwise
 */
export async function exportRun(run: string, options: ExportOptions): Promise<Exported> {
  if (checked(shape, options).to === undefined)
    throw new UserError('usage', `Expected a form to export to: ${Object.keys(targets).join(', ')}`)
  const record = readRunRecord(run)
  const { to, quantize, out = join(run, quantize === undefined ? to : `${to}-${quantize}`) } = options
  refuseOthers(out)
  const own = loadBundle(join(run, fileNames.best))
  const shipped = await shippedOf(run, own, record, options)
  const examples = await heldOutExamples(record, options)
  const name = basename(resolve(run))
  const files = targets[to].files(shipped.bundle, shipped.bytes, name)
  const { quantization, tolerance } = shipped
  const verification = await writeExport(out, files, async (folder): Promise<Verification> => {
    const found = await verified(own, folder, examples, tolerance, options)
    return { format: 1, createdBy: `graft ${version}`, run: name, quantization, tolerance, ...found }
  })
  return { out, bytes: sizeOf(out, files), verification }
}

/** The bundle that is shipped, and what it is held to. */
interface Shipped {
  readonly bundle: Bundle
  readonly bytes: Uint8Array
  readonly quantization: Quantization | null
  readonly tolerance: Tolerance
}

async function shippedOf(
  run: string,
  bundle: Bundle,
  record: RunRecord,
  options: ExportOptions,
): Promise<Shipped> {
  const { quantize, maxLoss = defaultMaxLoss, signal } = options
  if (quantize === undefined) {
    const bytes = new Uint8Array(readFileSync(join(run, fileNames.best)))
    return { bundle, bytes, quantization: null, tolerance: driftTolerance }
  }
  const { train, validation } = await runExamples(record, options)
  const calibration = train.map(({ source }) => source)
  const labelled = validation.map(({ source, label }) => ({ source, label: label! }))
  const made = await quantizeBundle(bundle, { calibration, validation: labelled, maxLoss, signal })
  const [before, after] = [made.before.accuracy, made.after.accuracy]
  return {
    bundle: made.bundle,
    bytes: made.bytes,
    quantization: { type: quantize, calibrated: made.calibrated, before, after },
    tolerance: { measure: 'accuracy points', most: maxLoss },
  }
}

/** Runs the examples through the run's bundle and through the files in the folder. */
async function verified(
  own: Bundle,
  folder: string,
  examples: readonly Example[],
  tolerance: Tolerance,
  options: ExportOptions,
): Promise<Pick<Verification, 'images' | 'files'>> {
  const engines = await Promise.all(targets[options.to].engines(folder))
  const classifier = await openClassifier(own)
  try {
    const answers = await answersOf(classifier, engines, examples, options)
    if (examples.length > 0 && answers.examples.length === 0) throw nothingReadable(examples.length)
    const files = verifiedFiles(answers, engines, classifier.classNames, tolerance)
    return { images: answers.examples.length, files }
  } finally {
    await Promise.all([classifier, ...engines].map(engine => engine.close()))
  }
}

function nothingReadable(count: number): UserError {
  return new UserError('data', `Cannot verify the export: none of ${count} validation images can be read`, {
    hint: 'see whether the images are whole, with graft inspect, or leave the check out with --images 0',
  })
}

function sizeOf(folder: string, files: ExportFiles): number {
  return [...files.keys()].reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}
