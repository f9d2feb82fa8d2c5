/**
 * Linear probes: how much frozen features at 96x96 tell a linear classifier, for random initial weights, for the
 * weights under test and for the ImageNet weights they are held against.
 *
 * node dist/bench/probe.js WEIGHTS REFERENCE DATA HELD_OUT
 *
 * DATA is the folder with `hymenoptera`, `cactus` and the unpacked `pool`; HELD_OUT is the list of folders that the
 * distillation left out.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { train } from '../src/api/train.ts'
import { readDataset } from '../src/dataset/dataset.ts'
import type { Dataset, SplitName } from '../src/dataset/types.ts'
import { randomOf, shuffled } from '../src/util/random.ts'

const seed = 1

/** A number of examples drawn to train, and as many of the others at most to validate. */
function drawn(dataset: Dataset, count: number): Dataset {
  const order = shuffled(dataset.examples, randomOf(seed, 'probe')).slice(0, 2 * count)
  const splitAt = (place: number): SplitName => (place < count ? 'train' : 'validation')
  return { ...dataset, examples: order.map((example, place) => ({ ...example, split: splitAt(place) })) }
}

/** The examples of some classes; three in ten of each are held out by the run's own split. */
function ofClasses(dataset: Dataset, names: readonly string[]): Dataset {
  const labels = new Map(names.map((name, label) => [dataset.classNames.indexOf(name), label]))
  const examples = dataset.examples.flatMap(example => {
    const label = labels.get(example.label!)
    return label === undefined ? [] : [{ ...example, label }]
  })
  return { ...dataset, classNames: names, examples }
}

async function accuracyOf(data: Dataset, weights: string, folder: string): Promise<number> {
  const options = { size: 96, epochs: [40, 0], augment: 'none', validation: 0.3, seed } as const
  // Weights bring their own width.
  const width = weights === 'random' ? { alpha: 0.35 } : {}
  const run = join(folder, `run-${crypto.randomUUID()}`)
  const cache = join(folder, 'cache')
  const { accuracy } = await train(data, { ...options, ...width, weights, run, cache })
  return accuracy!
}

const [weights, reference, root, heldOut] = process.argv.slice(2) as [string, string, string, string]
const listed = readFileSync(heldOut, 'utf8').trim().split('\n')
const classesOf = (source: string): string[] =>
  listed.filter(line => line.startsWith(`${source}/`)).map(line => line.slice(source.length + 1))
const tasks: readonly (readonly [string, Dataset])[] = [
  ['ants and bees', await readDataset(join(root, 'hymenoptera'))],
  ['cactus, 2,000 images', drawn(await readDataset(join(root, 'cactus')), 2000)],
  [
    '20 held-out classes of Caltech-101',
    ofClasses(await readDataset(join(root, 'pool', 'caltech101')), classesOf('caltech101')),
  ],
  [
    '10 held-out classes of Tiny ImageNet',
    ofClasses(await readDataset(join(root, 'pool', 'tiny_imagenet')), classesOf('tiny_imagenet')),
  ],
]

const folder = mkdtempSync(join(tmpdir(), 'graft-probe-'))
const shares: number[] = []
console.log('| task | random | under test | ImageNet | share of the way |\n|---|---|---|---|---|')
for (const [name, data] of tasks) {
  const figures: number[] = []
  for (const start of ['random', weights, reference]) figures.push(await accuracyOf(data, start, folder))
  const [random, tested, best] = figures as [number, number, number]
  shares.push((tested - random) / (best - random))
  const cells = figures.map(figure => figure.toFixed(3)).join(' | ')
  console.log(`| ${name} | ${cells} | ${(100 * shares.at(-1)!).toFixed(0)}% |`)
}
const average = shares.reduce((sum, share) => sum + share, 0) / shares.length
console.log(`\non average ${(100 * average).toFixed(0)}% of the way from random to ImageNet weights`)
rmSync(folder, { recursive: true, force: true })
