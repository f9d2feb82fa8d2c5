/** A teacher: any network from pixels to features or logits, ready to be asked. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { graphBuilder } from '../graph/builder.ts'
import { readOnnx } from '../graph/onnx/read.ts'
import { writeOnnx } from '../graph/onnx/write.ts'
import { openSession } from '../graph/session.ts'
import { withSizes } from '../graph/sizes.ts'
import { tensor } from '../graph/tensor.ts'
import { bind, foldBatchNormalization } from '../graph/transforms.ts'
import type { Graph } from '../graph/types.ts'
import { mobilenetV2 } from '../model/mobilenet-v2.ts'
import { alphaOf, canonicalWeights } from '../model/weights/canonical.ts'
import { matchWeights } from '../model/weights/match.ts'
import { readWeights } from '../model/weights/read.ts'
import { UserError } from '../util/errors.ts'
import type { TeacherPart } from './types.ts'

export interface Teacher {
  /** What it says of an image, in the order of the numbers of its answer. */
  readonly parts: readonly TeacherPart[]
  /** Of the graph with its weights: another digest may give other answers. */
  readonly digest: string
  /**
   * Its answers, [count, sum of the parts' lengths].
   *
   * @param image float32 [count, 3, size, size] in [-1, 1]
   */
  answer(image: Float32Array, count: number): Promise<Float32Array>
  close(): Promise<void>
}

/**
 * Opens an ONNX network with one picture as input, float32 [N, 3, H, W] in [-1, 1], or MobileNetV2 weights in any
 * known format. Outputs of four dimensions are averaged over their planes and count as features, those of two as
 * logits.
 *
 * @param size side of the square that it is shown, in pixels
 * @throws UserError `model` or `weights` when the file is none of these
 */
export async function openTeacher(path: string, size: number, threads: number): Promise<Teacher> {
  const graph = pooled(path.endsWith('.onnx') ? onnxTeacher(path, size) : await weightsTeacher(path, size))
  const input = graph.inputs[0]!.name
  const parts = graph.outputs.map(({ name, shape }): TeacherPart => {
    return { kind: name.startsWith(pooledPrefix) ? 'features' : 'logits', length: shape[1] as number }
  })
  const bytes = writeOnnx(graph)
  const session = await openSession(bytes, { threads })
  return {
    parts,
    digest: createHash('sha256').update(bytes).digest('hex'),
    async answer(image, count) {
      const results = await session.run({ [input]: tensor('float32', [count, 3, size, size], image) })
      return sideBySide(
        graph.outputs.map(({ name }) => results[name]!.data as Float32Array),
        count,
      )
    },
    close: () => session.close(),
  }
}

function onnxTeacher(path: string, size: number): Graph {
  const { graph } = readOnnx(readTeacher(path), basename(path))
  const [input, ...others] = graph.inputs
  if (input === undefined || others.length > 0 || input.shape.length !== 4 || input.dtype !== 'float32') {
    throw new UserError('model', `Cannot learn from "${path}": it does not take one float32 picture`, {
      hint: 'give an ONNX network with the one input [N, 3, H, W], scaled to [-1, 1]',
    })
  }
  const [, , height, width] = input.shape
  const open = [height, width].filter(dim => typeof dim === 'string')
  if ([height, width].some(dim => typeof dim === 'number' && dim !== size)) {
    throw new UserError(
      'model',
      `Cannot show "${path}" pictures of ${size} pixels: it takes ${width}x${height}`,
      {
        hint: `pass --teacher-size ${width}`,
      },
    )
  }
  return withSizes(graph, Object.fromEntries(open.map(dim => [dim, size])))
}

function readTeacher(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UserError('model', `Cannot read the teacher "${path}"`, { cause: error })
  }
}

async function weightsTeacher(path: string, size: number): Promise<Graph> {
  const file = await readWeights(path)
  const alpha = alphaOf(canonicalWeights(file))
  if (alpha === null) {
    throw new UserError(
      'weights',
      `Cannot learn from "${path}": its weights are not those of a MobileNetV2`,
      {
        hint: 'give an ONNX file for any other network',
      },
    )
  }
  const { graph, input } = mobilenetV2({ alpha, size })
  const wanted = graph.inputs.filter(({ name }) => name !== input)
  const shapes = new Map(wanted.map(({ name, shape }) => [name, { shape: shape as readonly number[] }]))
  return foldBatchNormalization(bind(graph, matchWeights(shapes, file).tensors))
}

const pooledPrefix = 'teacher/pooled/'

/** [N, C, h, w] -> [N, C] for every output that is a map of features. */
function pooled(graph: Graph): Graph {
  const g = graphBuilder(graph.name, graph)
  const outputs = graph.outputs.map(({ name, shape }) =>
    shape.length === 4
      ? g.add('Flatten', [g.add('GlobalAveragePool', [name])], {}, `${pooledPrefix}${name}`)
      : name,
  )
  return g.build(outputs)
}

/** [count, a], [count, b], ... -> [count, a + b + ...] */
function sideBySide(blocks: readonly Float32Array[], count: number): Float32Array {
  if (blocks.length === 1) return blocks[0]!
  const widths = blocks.map(block => block.length / count)
  const width = widths.reduce((sum, part) => sum + part, 0)
  const result = new Float32Array(count * width)
  for (let row = 0; row < count; row++) {
    let at = row * width
    blocks.forEach((block, index) => {
      const part = widths[index]!
      result.set(block.subarray(row * part, (row + 1) * part), at)
      at += part
    })
  }
  return result
}
