/** Distillation as `import 'graft'` offers it: the run ends with its curves drawn. */
import { join } from 'node:path'
import { type DistillRequest, distill as distillStudent } from '../distill/distill.ts'
import { readRecords } from '../distill/records.ts'
import type { DistillEvent } from '../distill/types.ts'
import { chartPng } from '../report/png.ts'
import { trainingCurves } from '../report/training-curves.ts'
import { writeFileAtomic } from '../util/files.ts'

export type { DistillRequest } from '../distill/distill.ts'

/**
 * Teaches a small network, with random weights or given ones, to answer as larger ones do, on images without labels.
 *
 * The run folder then holds `student.safetensors`, weights that `train` takes, beside the curves and the figures of
 * every epoch. Errors are those of {@link distillStudent}.
 *
 * @example for await (const event of distill({ teachers: ['big.onnx'], data: 'photos/', run: 'runs/small' })) ...
 */
export async function* distill(request: DistillRequest): AsyncGenerator<DistillEvent, void, undefined> {
  for await (const event of distillStudent(request)) {
    if (event.event === 'done') await drawCurves(event.run)
    yield event
  }
}

/** Writes `curves.svg` and `curves.png` of a run folder. */
export async function drawCurves(run: string): Promise<void> {
  const note = 'accuracy: agreement with the teacher on the likeliest class'
  const { svg } = trainingCurves(readRecords(run), { title: 'distillation', note })
  writeFileAtomic(join(run, 'curves.svg'), svg)
  writeFileAtomic(join(run, 'curves.png'), await chartPng(svg))
}
