/** An export that answers otherwise than the run is caught, whatever was changed in it. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { buildBundle } from '../../src/bundle/build.ts'
import { type Classifier, openClassifier } from '../../src/bundle/classifier.ts'
import { loadBundle } from '../../src/bundle/load-bundle.ts'
import type { BundleParts } from '../../src/bundle/parts.ts'
import type { Example } from '../../src/dataset/types.ts'
import {
  type ExportedEngine,
  openBundleExport,
  openTransformersExport,
  openWebExport,
} from '../../src/export/engines.ts'
import type { ExportFiles } from '../../src/export/files.ts'
import { writeExport } from '../../src/export/folder.ts'
import { onnxFiles } from '../../src/export/onnx.ts'
import { answersOf, type VerifiedFile, verifiedFiles } from '../../src/export/verify.ts'
import { webFiles } from '../../src/export/web.ts'
import type { UserError } from '../../src/util/errors.ts'
import { tinyParts } from '../bundle/made.ts'
import { encode, noisyImage, smoothImage, temporaryFolder } from '../pipeline/pictures.ts'

/** Engines sum in different orders. */
const float32Rounding = 1e-5
const parts = tinyParts()
let own: Classifier
before(async () => {
  own = await openClassifier(loadBundle(buildBundle(parts)))
})

/** Pictures of several shapes, and a file that is none. */
async function examplesIn(folder: string): Promise<Example[]> {
  const pictures = { noise: noisyImage(50, 40), smooth: smoothImage(64, 20), square: noisyImage(32, 32) }
  for (const [name, picture] of Object.entries(pictures))
    writeFileSync(join(folder, name), await encode(picture).png().toBuffer())
  writeFileSync(join(folder, 'text'), 'no picture')
  return [...Object.keys(pictures), 'text'].map(id => ({
    id,
    source: { type: 'file', path: join(folder, id) },
    label: 0,
    split: null,
  }))
}

type Files = (bundle: ReturnType<typeof loadBundle>, bytes: Uint8Array, title: string) => ExportFiles
type Open = (folder: string) => Promise<ExportedEngine>

/** Exports a bundle and compares it with the run's own. */
async function verify(
  folder: string,
  exported: BundleParts,
  files: Files,
  open: Open,
): Promise<VerifiedFile> {
  const bytes = buildBundle(exported)
  const examples = await examplesIn(folder)
  const { found } = await writeExport(
    join(folder, 'export'),
    files(loadBundle(bytes), bytes, 'tiny'),
    async aside => {
      const engine = await open(aside)
      try {
        const answers = await answersOf(own, [engine], examples)
        assert.deepEqual(
          answers.examples.map(({ id }) => id),
          ['noise', 'smooth', 'square'],
        )
        return { found: verifiedFiles(answers, [engine], own.classNames) }
      } finally {
        await engine.close()
      }
    },
  )
  return found[0]!
}

const bundle: Open = folder => openBundleExport(folder, 'model.onnx')
const ways: readonly [name: string, files: Files, open: Open][] = [
  ['web', webFiles, openWebExport],
  ['onnx', onnxFiles, bundle],
  ['transformers.js', onnxFiles, openTransformersExport],
]

for (const [name, files, open] of ways) {
  test(`verifiedFiles() passes an untouched ${name} export of pictures of all shapes`, async context => {
    const found = await verify(temporaryFolder(context), parts, files, open)
    assert.equal(found.images, 3)
    assert.ok(found.largestDifference < float32Rounding, String(found.largestDifference))
  })

  test(`verifiedFiles() catches ${name} exports with other weights, resizing or temperature`, async context => {
    const { weights, preprocessing } = parts
    const [kernel, value] = [...weights].find(([name]) => name === 'predictions/kernel')!
    const louder = { ...value, data: (value.data as Float32Array).map(weight => weight * 1.5) }
    const changes: Partial<BundleParts>[] = [
      { weights: new Map([...weights, [kernel, louder]]) },
      { preprocessing: { ...preprocessing, fit: 'crop' } },
      { temperature: 1.5 },
    ]
    // Each start of the engine for browsers takes a second, so it gets one change.
    for (const change of files === webFiles ? changes.slice(0, 1) : changes) {
      const work = verify(temporaryFolder(context), { ...parts, ...change }, files, open)
      await assert.rejects(work, (error: UserError) => {
        assert.equal(error.code, 'model')
        assert.match(error.message, /does not answer as the run: \d of 3 .*worst "(noise|smooth|square)" \("/)
        return true
      })
    }
  })
}

/** Answers to 200 pictures of one label, of which some are right. */
function answers(right: number): Float32Array[] {
  return Array.from({ length: 200 }, (_, i) =>
    i < right ? Float32Array.of(0.9, 0.1) : Float32Array.of(0.1, 0.9),
  )
}

function judged(run: number, exported: number, points: number): VerifiedFile {
  const examples = answers(200).map((_, i): Example => {
    return { id: String(i), source: { type: 'file', path: '' }, label: 0, split: null }
  })
  const engine: ExportedEngine = {
    file: 'model.onnx',
    engine: 'none',
    run: async () => new Float32Array(),
    close: async () => {},
  }
  const all = { examples, run: answers(run), exported: [answers(exported)] }
  return verifiedFiles(all, [engine], ['a', 'b'], { measure: 'accuracy points', most: points })[0]!
}

test('verifiedFiles() by accuracy bears what is tolerated, what chance explains, and what is better', () => {
  assert.equal(judged(190, 189, 0.5).right.onlyRun, 1)
  assert.equal(judged(190, 188, 0.5).changedAnswers, 2)
  assert.equal(judged(190, 170, 10).right.onlyRun, 20)
  assert.equal(judged(190, 195, 0).right.onlyExported, 5)
})

test('verifiedFiles() by accuracy catches a loss that chance does not explain', () => {
  assert.throws(
    () => judged(190, 180, 0.5),
    /of 200 validation images it gets 10 wrong that the run gets right/,
  )
})
