/** A teacher: any network from pixels to features or logits, ready to be asked. */
import { createHash } from 'node:crypto'
import { graphBuilder } from '../graph/builder.ts'
import { writeOnnx } from '../graph/onnx/write.ts'
import { openSession } from '../graph/session.ts'
import { tensor } from '../graph/tensor.ts'
import type { Graph } from '../graph/types.ts'
import { teacherGraph } from './teacher-graph.ts'
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
 * Opens a finished run, an ONNX network with one picture as input, float32 [N, 3, H, W] in [-1, 1], or MobileNetV2
 * weights in any known format. Outputs of four dimensions are averaged over their planes and count as features, those
 * of two as logits.
 *
 * @param size side of the square that it is shown, in pixels
 * @throws UserError `model` or `weights` when the file is none of these
 */
export async function openTeacher(path: string, size: number, threads: number): Promise<Teacher> {
  const graph = pooled(await teacherGraph(path, size))
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
