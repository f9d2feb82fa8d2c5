/** Weights from a file or a folder of any format that is known, told apart by content, not by name. */
import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { closest } from '../../util/closest.ts'
import type { UserError } from '../../util/errors.ts'
import { guessLayout } from './canonical.ts'
import { diskFolder, type ModelFolder, readFile, zipFolder } from './folder.ts'
import { isH5, readH5 } from './h5.ts'
import { readKerasH5 } from './keras-h5.ts'
import { isKerasV3, readKerasV3 } from './keras-v3.ts'
import { readOnnxWeights } from './onnx.ts'
import { published } from './registry.ts'
import { decodeSafetensors } from './safetensors.ts'
import { readTfjs } from './tfjs.ts'
import { readTopology } from './topology.ts'
import { readingOf, weightsError } from './trouble.ts'
import type { WeightFile } from './types.ts'

const known =
  'give a TensorFlow.js layers model (model.json, its folder, or a Teachable Machine zip), Keras weights (.h5, .weights.h5, .keras), .safetensors or .onnx'

/** Of safetensors: the header's length comes first, then the header. */
const headerLengthBytes = 8
/** Field 1 of ONNX's ModelProto, the IR version, which every exporter writes first: a varint below 128. */
const irVersion = /^\x08[\x01-\x7f]/

/**
 * Reads weights.
 *
 * | what | where |
 * |---|---|
 * | TensorFlow.js layers model | a folder or zip with `model.json`, or that file |
 * | Teachable Machine export | its folder or zip |
 * | Keras | `.h5` of any version, `.weights.h5`, `.keras` |
 * | safetensors | `.safetensors` |
 * | ONNX | `.onnx`, its initializers |
 *
 * @throws UserError `weights` that names the file and what is wrong with it
 */
export async function readWeights(path: string): Promise<WeightFile> {
  if (!existsSync(path)) throw absent(path)
  if (statSync(path).isDirectory()) return readFolder(path)
  const bytes = readFile(path)
  const head = Buffer.from(bytes.subarray(0, 64)).toString('latin1')
  if (head.startsWith('PK\x03\x04')) return readArchive(path)
  if (isH5(bytes)) return readingOf(path, () => readH5Weights(bytes, path))
  if (/^\s*\{\s*"/.test(head)) return readTfjs({ ...diskFolder(dirname(path)), path }, basename(path))
  if (head.startsWith('{', headerLengthBytes)) return readSafetensors(bytes, path)
  if (irVersion.test(head)) return readOnnxWeights(bytes, path)
  throw weightsError(path, unknownKind(head), known)
}

async function readFolder(path: string): Promise<WeightFile> {
  const folder = diskFolder(path)
  if (folder.names.includes('model.json')) return readTfjs(folder)
  const files = folder.names.filter(name => /\.(safetensors|h5|keras|onnx|zip)$/i.test(name))
  if (files.length === 1) return readWeights(join(path, files[0]!))
  if (files.length > 1)
    throw weightsError(path, `the folder holds ${files.join(', ')}`, 'name the one file that is meant')
  throw weightsError(path, 'the folder holds no weights', known)
}

async function readArchive(path: string): Promise<WeightFile> {
  const folder = await zipFolder(path, ['model.json', 'model.weights.h5'])
  if (folder?.names.includes('model.json')) return readTfjs(folder)
  if (folder?.names.includes('model.weights.h5')) return readKerasArchive(folder)
  throw weightsError(
    path,
    'the archive holds neither "model.json" nor "model.weights.h5"',
    `${known}; PyTorch files are not read`,
  )
}

/** Keras: a zip of config.json, metadata.json and model.weights.h5. */
async function readKerasArchive(folder: ModelFolder): Promise<WeightFile> {
  const bytes = await folder.read('model.weights.h5')
  const text = folder.names.includes('config.json')
    ? new TextDecoder().decode(await folder.read('config.json'))
    : 'null'
  return readingOf(folder.path, () =>
    readKerasV3(readH5(bytes, folder.path), folder.path, readTopology(JSON.parse(text))),
  )
}

function readH5Weights(bytes: Uint8Array, path: string): WeightFile {
  const file = readH5(bytes, path)
  return isKerasV3(file) ? readKerasV3(file, path) : readKerasH5(file, path)
}

function readSafetensors(bytes: Uint8Array, path: string): WeightFile {
  const { tensors, metadata } = decodeSafetensors(bytes, path)
  return { path, format: 'safetensors', layout: guessLayout(tensors), tensors, metadata }
}

/** Why a file that begins so is not read. */
function unknownKind(head: string): string {
  if (head === '') return 'it is empty'
  if (head.startsWith('TFL3', 4)) return 'it is a TensorFlow Lite model, whose layers have lost their names'
  if (head.startsWith('\x80')) return 'it is a Python pickle, which may run code and is never read'
  if (/^\s*<(!doctype|html)/i.test(head)) return 'it is a web page'
  return 'its content is of no known format'
}

function absent(path: string): UserError {
  const near = closest(
    path,
    published.map(({ id }) => id),
  )
  const hint =
    near === undefined
      ? '"graft models" lists what can be named instead of a file'
      : `did you mean "${near}"?`
  return weightsError(path, 'there is no such file or folder', hint)
}
