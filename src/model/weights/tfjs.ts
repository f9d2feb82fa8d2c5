/**
 * TensorFlow.js layers models: model.json and the binary files it names, as `model.save`, the converter and
 * Teachable Machine write them.
 *
 * Manifest: https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/types.ts (WeightsManifestEntry)
 */
import { z } from 'zod'
import { tensorFromBytes } from '../../graph/tensor.ts'
import type { DType, Tensor } from '../../graph/types.ts'
import { type ModelFolder, ownName } from './folder.ts'
import { float32FromFloat16 } from './half.ts'
import { boundedCount, maxFileBytes } from './limits.ts'
import { nestedModels } from './topology.ts'
import { damagedHint, weightsError } from './trouble.ts'
import type { WeightFile } from './types.ts'

/** How the values were squeezed: value = stored * scale + min; float16 keeps no scale. */
const quantizationSchema = z.discriminatedUnion('dtype', [
  z.object({ dtype: z.literal('float16') }),
  z.object({ dtype: z.enum(['uint8', 'uint16']), scale: z.number(), min: z.number() }),
])
const weightSchema = z.object({
  name: z.string().min(1),
  shape: z.array(z.int().nonnegative()).max(8),
  dtype: z.string(),
  quantization: quantizationSchema.optional(),
})
const modelSchema = z.object({
  format: z.string().optional(),
  modelTopology: z.unknown(),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()), weights: z.array(weightSchema) })).min(1),
})
const teachableSchema = z.object({ labels: z.array(z.string()), modelName: z.string().optional() })

type Weight = z.infer<typeof weightSchema>

/** The types of TensorFlow.js that weights come in, as ours. */
const dtypeOf: Readonly<Record<string, DType>> = { float32: 'float32', int32: 'int32', bool: 'bool' }
const storedBytes: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  float16: 2,
  uint16: 2,
  uint8: 1,
}

/**
 * Reads a layers model. Quantised weights come out as float32.
 *
 * `metadata` names the nested models (`models`, such as "sequential_1 mobilenetv2_0.35_224") and, of a Teachable
 * Machine project, its `labels` as a JSON list.
 *
 * @param name the manifest's file in the folder
 * @throws UserError `weights` when it is a graph model, damaged, or asks for files outside of its folder
 */
export async function readTfjs(folder: ModelFolder, name = 'model.json'): Promise<WeightFile> {
  const model = parseModel(await folder.read(name), folder.path, name)
  const tensors = new Map<string, Tensor>()
  for (const { paths, weights } of model.weightsManifest) {
    const bytes = await readShards(folder, paths)
    for (const [weight, tensor] of decodeGroup(weights, bytes, folder.path)) {
      if (tensors.has(weight)) throw weightsError(folder.path, `"${weight}" is listed twice`, damagedHint)
      tensors.set(weight, tensor)
    }
  }
  const models = nestedModels(model.modelTopology).join(' ')
  const metadata = { ...(models === '' ? {} : { models }), ...(await teachableMetadata(folder)) }
  return { path: folder.path, format: 'tfjs', layout: 'keras', tensors, metadata }
}

function parseModel(bytes: Uint8Array, path: string, name: string): z.infer<typeof modelSchema> {
  const result = modelSchema.safeParse(parseJson(bytes, path, name))
  if (!result.success) {
    const [issue] = result.error.issues
    const problem = `"${name}" is no TensorFlow.js layers model (${issue?.path.join('.')}: ${issue?.message})`
    throw weightsError(path, problem, undefined, result.error)
  }
  if (result.data.format === 'graph-model') {
    const hint = 'convert it with --output_format=tfjs_layers_model, or export Keras weights as .h5'
    throw weightsError(path, 'it is a TensorFlow.js graph model, whose layers have lost their names', hint)
  }
  return result.data
}

function parseJson(bytes: Uint8Array, path: string, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw weightsError(path, `"${name}" is no JSON`, damagedHint, error)
  }
}

/** The files of one group, one after the other: a tensor may lie across two of them. */
async function readShards(folder: ModelFolder, paths: readonly string[]): Promise<Uint8Array> {
  const shards: Uint8Array[] = []
  let size = 0
  for (const path of paths) {
    const shard = await folder.read(ownName(folder.path, path))
    size += shard.length
    if (size > maxFileBytes)
      throw weightsError(folder.path, `its weights take more than ${maxFileBytes} bytes`)
    shards.push(shard)
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const shard of shards) {
    bytes.set(shard, offset)
    offset += shard.length
  }
  return bytes
}

function decodeGroup(weights: readonly Weight[], bytes: Uint8Array, path: string): [string, Tensor][] {
  let offset = 0
  const decoded = weights.map((weight): [string, Tensor] => {
    const end = offset + sizeOf(weight, path)
    if (end > bytes.length) {
      throw weightsError(path, `"${weight.name}" ends at byte ${end} of ${bytes.length}`, damagedHint)
    }
    const tensor = decode(weight, bytes.subarray(offset, end))
    offset = end
    return [weight.name, tensor]
  })
  if (offset !== bytes.length) {
    throw weightsError(path, `${bytes.length - offset} bytes of its weights belong to no tensor`, damagedHint)
  }
  return decoded
}

/** The bytes that a tensor takes in the file. */
function sizeOf({ name, shape, dtype, quantization }: Weight, path: string): number {
  if (dtypeOf[dtype] === undefined)
    throw weightsError(path, `"${name}" has the type ${dtype}, which no layer's weights have`)
  if (quantization !== undefined && dtype !== 'float32') {
    throw weightsError(path, `"${name}" is quantised ${dtype}; only float32 weights can be`)
  }
  const count = boundedCount(shape)
  if (count === null) throw weightsError(path, `"${name}" has the impossible shape [${shape}]`, damagedHint)
  return count * storedBytes[quantization?.dtype ?? dtype]!
}

function decode({ shape, dtype, quantization }: Weight, bytes: Uint8Array): Tensor {
  if (quantization === undefined) return tensorFromBytes(dtypeOf[dtype]!, shape, bytes)
  if (quantization.dtype === 'float16')
    return { dtype: 'float32', shape, data: float32FromFloat16(uint16(bytes)) }
  const { scale, min } = quantization
  const stored = quantization.dtype === 'uint8' ? bytes : uint16(bytes)
  return { dtype: 'float32', shape, data: Float32Array.from(stored, value => value * scale + min) }
}

/** The bytes copied, since a shard gives no alignment. */
function uint16(bytes: Uint8Array): Uint16Array {
  return new Uint16Array(bytes.slice().buffer)
}

/** What Teachable Machine says beside its model; absent or other metadata is no failure. */
async function teachableMetadata(folder: ModelFolder): Promise<Record<string, string>> {
  if (!folder.names.includes('metadata.json')) return {}
  const result = teachableSchema.safeParse(
    parseJson(await folder.read('metadata.json'), folder.path, 'metadata.json'),
  )
  if (!result.success) return {}
  const { labels, modelName } = result.data
  return { labels: JSON.stringify(labels), ...(modelName === undefined ? {} : { modelName }) }
}
