/** Reports made by formulas, of any number of classes. */
import type { CrossValidation } from '../../src/evaluate/cross-validation.ts'
import { evaluatePredictions } from '../../src/evaluate/evaluation.ts'
import { wilsonInterval } from '../../src/evaluate/interval.ts'
import type { Predictions } from '../../src/evaluate/types.ts'
import type { Exhibit, RunReport } from '../../src/report/page/types.ts'
import { planFor } from '../../src/train/recipes.ts'
import type { EpochRecord } from '../../src/train/types.ts'
import { randomOf } from '../../src/util/random.ts'

/** A label that would run as a program, were it taken for markup. */
export const hostile = `<img src=x onerror="document.title='taken'">&"'`

/** Seeded answers that are right about four times in five. */
export function madePredictions(classes: number, examples: number): Predictions {
  const random = randomOf(3, 'report', classes)
  const labels = Int32Array.from({ length: examples }, (_, i) => i % classes)
  const probabilities = new Float32Array(examples * classes)
  labels.forEach((label, row) => {
    const guess = random.next() < 0.8 ? label : random.integer(classes)
    const powers = Array.from({ length: classes }, (_, k) =>
      Math.exp(random.normal() + (k === guess ? 4 : 0)),
    )
    const sum = powers.reduce((a, b) => a + b, 0)
    probabilities.set(
      powers.map(power => power / sum),
      row * classes,
    )
  })
  return { labels, probabilities }
}

export function madeEpochs(head: number, fineTune: number): EpochRecord[] {
  return Array.from({ length: head + fineTune }, (_, i) => {
    const figures = (lag: number): EpochRecord['train'] => ({
      loss: 0.7 * Math.exp(-i / 6) + 0.1 * lag,
      accuracy: 1 - 0.4 * Math.exp(-i / 5) - 0.02 * lag,
      macroF1: 0.9,
      rocAuc: null,
    })
    return {
      epoch: i + 1,
      phase: i < head ? 'head' : 'fine-tune',
      learningRate: 1e-3 / (i + 1),
      train: figures(0),
      validation: figures(1),
      isBest: true,
      seconds: 1.5,
    }
  })
}

/** Five folds of twenty examples each. */
export const madeFolds: CrossValidation = {
  folds: 5,
  examples: 100,
  accuracy: 0.89,
  accuracyInterval: wilsonInterval(89, 100),
  macroF1: 0.8876,
  perFold: [0.9, 0.85, 0.95, 0.85, 0.9],
}

/** One transparent pixel. */
const pixel = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'

function exhibit(id: string, label: number, predicted: number, classes: number): Exhibit {
  const probabilities = Array.from({ length: classes }, (_, k) =>
    k === predicted ? 0.9 : 0.1 / (classes - 1),
  )
  return { id, label, predicted, probabilities, picture: pixel, heat: pixel }
}

/** A report of classes named `class 1`, `class 2`, ..., the first of them {@link hostile}. */
export function madeReport(classes: number, examples: number, changes: Partial<RunReport> = {}): RunReport {
  const classNames = Array.from({ length: classes }, (_, k) => (k === 0 ? hostile : `class ${k + 1}`))
  const predictions = madePredictions(classes, examples)
  const validation = { evaluation: evaluatePredictions(predictions), predictions }
  const plan = planFor(
    {},
    { classes, trainExamples: 900, weights: 'made', alpha: 0.35, size: 96, threads: 1, layers: [] },
  )
  return {
    name: `made of ${hostile}`,
    run: 'runs/made',
    record: {
      format: 1,
      versions: { graft: '0.0.0', node: 'v20.0.0' },
      command: ['graft', 'train', 'my photos', '--seed', '1'],
      plan,
      maxUnreadable: 0.01,
      backbone: { name: 'MobileNetV2', source: 'made', licence: 'CC0-1.0' },
      data: {
        root: 'my photos',
        fingerprint: 'abc123',
        classNames,
        examples: { train: 900, validation: examples, test: 0 },
        validation: [],
        test: [],
      },
    },
    classNames,
    epochs: madeEpochs(6, 4),
    bestEpoch: 9,
    validation,
    test: null,
    crossValidation: null,
    counts: classNames.map((name, k) => ({ name, train: 5 + 3 * k, validation: 2, test: 0 })),
    temperature: 1.4,
    bytes: 1_600_000,
    gallery: {
      wrong: [exhibit(hostile, 0, 1, classes), exhibit('b.jpg', 1, 0, classes)],
      uncertain: [
        exhibit('c.jpg', 1, 1, classes),
        { ...exhibit('d.jpg', 0, 0, classes), picture: null, heat: null },
      ],
      missing: ['d.jpg'],
    },
    notes: [],
    ...changes,
  }
}
