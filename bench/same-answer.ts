/**
 * The same photograph, the same answer: validation images of a run, asked about in every way that Graft offers, and in
 * plain ONNX Runtime.
 *
 *     node dist/bench/same-answer.js [--python PYTHON] [--transformers FOLDER] RUN...
 *
 * Prints a table in Markdown: the largest difference of any probability from `graft predict`, and changed answers.
 * PYTHON has onnxruntime, pillow and numpy, and in FOLDER @huggingface/transformers is installed; without them, these
 * ways are left out.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { heldOutExamples } from '../src/api/held-out.ts'
import { loadBundle } from '../src/bundle/load-bundle.ts'
import { readSource } from '../src/dataset/source.ts'
import { driftOf } from '../src/export/drift.ts'
import { readRunRecord } from '../src/train/run-folder.ts'
import { plainOnnxRuntime, predict } from './same-answer/commands.ts'
import { exportedPage } from './same-answer/page.ts'
import { server } from './same-answer/server.ts'
import { transformers } from './same-answer/transformers.ts'
import type { Picture, Question, Rows, Way } from './same-answer/ways.ts'

/** Each picture as a file of its own, byte for byte. */
async function picturesOf(run: string, folder: string): Promise<Picture[]> {
  const examples = await heldOutExamples(readRunRecord(run), {})
  const pictures: Picture[] = []
  for (const [index, { id, source }] of examples.entries()) {
    const path = join(folder, `${String(index).padStart(4, '0')}.jpg`)
    writeFileSync(path, await readSource(source))
    pictures.push({ id, path })
  }
  return pictures
}

function line({ classNames, pictures }: Question, run: string, way: string, own: Rows, other: Rows): string {
  const pairs = pictures.map(({ id }, i) => ({
    id,
    run: Float32Array.from(own[i]!),
    exported: Float32Array.from(other[i]!),
  }))
  const { images, largestDifference, changedAnswers } = driftOf(pairs, classNames, 0.01)
  const cells = [basename(run), way, images, largestDifference.toFixed(6), changedAnswers]
  return `| ${cells.join(' | ')} |`
}

async function compare(run: string, ways: readonly Way[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'graft-pictures-'))
  try {
    const { classNames } = loadBundle(run).facts
    const question = { run, classNames, pictures: await picturesOf(run, folder) }
    const own = await predict.ask(question)
    for (const way of ways) console.log(line(question, run, way.name, own, await way.ask(question)))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const { values, positionals } = parseArgs({
  options: { python: { type: 'string' }, transformers: { type: 'string' } },
  allowPositionals: true,
})
const ways = [
  server,
  exportedPage,
  ...(values.python === undefined ? [] : [plainOnnxRuntime(values.python)]),
  ...(values.transformers === undefined ? [] : [transformers(values.transformers)]),
]
console.log('| run | asked through | images | largest difference | changed answers |\n|---|---|---|---|---|')
for (const run of positionals) await compare(run, ways)
