/** Weights from a file or a folder of any format that is known, told apart by content, not by name. */
import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { guessLayout } from './canonical.ts'
import { diskFolder, type ModelFolder, readFile, zipFolder } from './folder.ts'
import { isH5, readH5 } from './h5.ts'
import { readKerasH5 } from './keras-h5.ts'
import { isKerasV3, readKerasV3 } from './keras-v3.ts'
import { readOnnxWeights } from './onnx.ts'
import { decodeSafetensors } from './safetensors.ts'
import { readTfjs } from './tfjs.ts'
import { readTopology } from './topology.ts'
import { damagedHint, readingOf, weightsError } from './trouble.ts'
import type { WeightFile } from './types.ts'

const known =
  'give a TensorFlow.js layers model (model.json, its folder, or a Teachable Machine zip), Keras weights (.h5, .weights.h5, .keras), .safetensors or .onnx'

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
  if (!existsSync(path)) throw weightsError(path, 'there is no such file or folder')
  if (statSync(path).isDirectory()) return readFolder(path)
  const bytes = readFile(path)
  if (startsWith(bytes, 'PK\x03\x04')) return readArchive(path)
  if (isH5(bytes)) return readingOf(path, () => readH5Weights(bytes, path))
  if (isJson(bytes)) return readTfjs({ ...diskFolder(dirname(path)), path }, basename(path))
  if (isSafetensors(bytes)) return readSafetensors(bytes, path)
  if (isOnnx(bytes)) return readOnnxWeights(bytes, path)
  throw weightsError(path, unknownKind(bytes), known)
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

function startsWith(bytes: Uint8Array, text: string, at = 0): boolean {
  return (
    Buffer.from(
      bytes.buffer,
      bytes.byteOffset + at,
      Math.min(text.length, Math.max(0, bytes.length - at)),
    ).toString('latin1') === text
  )
}

function isJson(bytes: Uint8Array): boolean {
  return /^\s*\{\s*"/.test(new TextDecoder('latin1').decode(bytes.subarray(0, 64)))
}

/** A header's length in eight bytes, then the header's first brace. */
function isSafetensors(bytes: Uint8Array): boolean {
  return startsWith(bytes, '{', 8)
}

/** Field 1 of ModelProto, the IR version, as every exporter writes first: a varint below 128. */
function isOnnx(bytes: Uint8Array): boolean {
  return bytes[0] === 0x08 && bytes[1]! < 128
}

function unknownKind(bytes: Uint8Array): string {
  if (bytes.length === 0) return `it is empty; ${damagedHint.split(':')[0]}`
  if (startsWith(bytes, 'TFL3', 4)) return 'it is a TensorFlow Lite model, whose layers have lost their names'
  if (startsWith(bytes, '\x80')) return 'it is a Python pickle, which may run code and is never read'
  if (/^\s*<(!doctype|html)/i.test(new TextDecoder('latin1').decode(bytes.subarray(0, 64))))
    return 'it is a web page'
  return 'its content is of no known format'
}
