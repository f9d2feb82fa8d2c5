/**
 * What a run keeps and what it refuses: its validation images, photographs of other things, textures and blanks.
 *
 *     node dist/bench/unknown.js RUN DATA POOL
 *
 * RUN was trained on ants and bees in DATA. POOL is a folder of photographs by source and class; 500 are drawn, none of
 * insects. Half of the validation images set a limit anew and the other half are counted, so that what is kept is
 * measured on images that the limit has not seen.
 */
import { join } from 'node:path'
import { evaluateRun } from '../src/api/evaluate.ts'
import { type Classifier, load } from '../src/bundle/classifier.ts'
import type { Outcome } from '../src/bundle/predict.ts'
import { readDataset, readImages } from '../src/dataset/dataset.ts'
import type { Source } from '../src/dataset/types.ts'
import { conformalLimit } from '../src/evaluate/conformal.ts'
import { rocAuc } from '../src/evaluate/roc.ts'
import { randomOf, shuffled } from '../src/util/random.ts'
import { textureKinds, textures } from './unknown-pictures.ts'

const sources = [
  'aid_aerial',
  'bsds500',
  'caltech101',
  'coco128',
  'grocery',
  'houses',
  'imagenet_sample',
  'pacs_photo',
]
const photographs = 500
const perTexture = 40
const splits = 200

/** Of Caltech-101 four classes; of ImageNet the synsets from tiger beetle to lycaenid butterflies. */
function isInsect(id: string): boolean {
  const synset = Number(id.match(/n(\d{8})_/)?.[1] ?? Number.NaN)
  return /caltech101\/(ant|butterfly|dragonfly|mayfly)\//.test(id) || (synset >= 2165105 && synset <= 2281787)
}

type Judged = Extract<Outcome, { error: null }>

/** Unfamiliarity and the probability of the best class, of all that can be read. */
async function judgements(classifier: Classifier, files: readonly Source[]): Promise<Judged[]> {
  const judged: Judged[] = []
  for await (const outcome of classifier.predict(files)) if (outcome.error === null) judged.push(outcome)
  return judged
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`
const refused = (some: readonly { readonly unknown: boolean }[]): string =>
  `${percent(some.filter(({ unknown }) => unknown).length / some.length)} of ${some.length} refused`

/** How often the half that set no limit is kept, over many halvings. */
function keptUnseen(scores: readonly number[]): number {
  let kept = 0
  let count = 0
  for (let split = 0; split < splits; split++) {
    const drawn = shuffled(scores, randomOf(split, 'halves'))
    const half = Math.floor(drawn.length / 2)
    const limit = conformalLimit(drawn.slice(0, half), 0.95)!
    kept += drawn.slice(half).filter(score => score <= limit).length
    count += drawn.length - half
  }
  return kept / count
}

/** How well a score tells other photographs from validation images: the ROC's area, and refusals where 95% are kept. */
function compared(name: string, known: readonly number[], others: readonly number[]): string {
  const limit = conformalLimit(known, 0.95)!
  const labels = [...known.map(() => 0), ...others.map(() => 1)]
  const area = rocAuc(labels, Float64Array.from([...known, ...others]))
  return `${name}: ${percent(others.filter(score => score > limit).length / others.length)} refused, ROC AUC ${area.toFixed(4)}`
}

const [run, data, pool] = process.argv.slice(2) as [string, string, string]
const { evaluation } = await evaluateRun(run, data, { split: 'validation' })
const classifier = await load(run)
console.log(
  `validation accuracy ${percent(evaluation.accuracy)}; reject option ${JSON.stringify(classifier.reject)}`,
)

const held = (await readDataset(data)).examples.filter(({ split }) => split === 'validation')
const known = await judgements(
  classifier,
  held.map(({ source }) => source),
)
const distances = known.map(({ unfamiliarity }) => unfamiliarity!)
console.log(`validation images: ${refused(known)}; of unseen halves ${percent(keptUnseen(distances))} kept`)

const all = (await readImages(sources.map(source => join(pool, source)))).examples.filter(
  ({ id }) => !isInsect(id),
)
const drawn = shuffled(all, randomOf(1, 'photographs')).slice(0, photographs)
const others = await judgements(
  classifier,
  drawn.map(({ source }) => source),
)
console.log(`photographs of other things: ${refused(others)}`)
for (const source of sources) {
  const own = others.filter(({ index }) => drawn[index]!.id.includes(`/${source}/`))
  if (own.length > 0) console.log(`  ${source}: ${refused(own)}`)
}

const made: boolean[] = []
for (const kind of textureKinds) {
  const pictures = textures(kind, perTexture, 1).map(image => ({ ...image, channels: 3 as const }))
  const own: { readonly unknown: boolean }[] = []
  for await (const answer of classifier.classifyAll(pictures)) if (answer.error === null) own.push(answer)
  made.push(...own.map(({ unknown }) => unknown))
  console.log(`  ${kind}: ${refused(own)}`)
}
console.log(`textures and blanks: ${refused(made.map(unknown => ({ unknown })))}`)

const doubt = (some: readonly Judged[]): number[] =>
  some.map(({ probabilities }) => 1 - Math.max(...probabilities))
console.log(
  compared(
    'by distance',
    distances,
    others.map(({ unfamiliarity }) => unfamiliarity!),
  ),
)
console.log(compared('by 1 - greatest probability', doubt(known), doubt(others)))
await classifier.close()
