/** Model cards: kept texts, and names that try to be Markdown. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Evaluation, evaluatePredictions } from '../../src/evaluate/evaluation.ts'
import { modelCard } from '../../src/report/model-card.ts'
import type { ModelCard } from '../../src/report/types.ts'
import { matchesGolden } from '../golden.ts'
import { madeFolds } from './made-report.ts'

/** N examples in turn of each of K classes, the named ones predicted as the next class. */
function evaluationOf(examples: number, classes: number, wrong: readonly number[]): Evaluation {
  const labels = Array.from({ length: examples }, (_, i) => i % classes)
  const probabilities = labels.flatMap((label, i) => {
    const predicted = wrong.includes(i) ? (label + 1) % classes : label
    return Array.from({ length: classes }, (_, k) => (k === predicted ? 0.9 : 0.1 / (classes - 1)))
  })
  return evaluatePredictions({ probabilities, labels })
}

function cardOf(names: readonly string[], changes: Partial<ModelCard> = {}): ModelCard {
  return {
    run: 'runs/cactus',
    files: { bundle: 'best.onnx', curve: 'curve.png' },
    version: '0.1.0',
    date: '2026-01-31',
    dataset: {
      name: 'aerial-cactus',
      split: 'A tenth of each class was set aside for validation, by seed 42.',
    },
    classes: names.map(name => ({ name, train: 450, validation: 50 })),
    backbone: { name: 'MobileNetV2 alpha 0.35', source: 'Keras Applications', licence: 'Apache-2.0' },
    training: {
      recipe: 'tutorial',
      seed: 42,
      phases: [
        { name: 'head', epochs: 30, learningRate: 1e-4 },
        { name: 'fine-tune', epochs: 30, learningRate: 1e-5 },
      ],
      bestEpoch: 52,
      seconds: 187,
    },
    preprocessing: { size: 96, fit: 'squash' },
    validation: evaluationOf(50 * names.length, names.length, [1, 4, 6]),
    test: null,
    refuses: false,
    crossValidation: null,
    ...changes,
  }
}

test('modelCard() of two classes reads as it did', () => {
  matchesGolden('report/golden/two-classes.md', modelCard(cardOf(['no cactus', 'cactus'])))
})

test('modelCard() of three classes with a test set, folds and a limit of what is known reads as it did', () => {
  const names = ['ant', 'bee', 'wasp']
  matchesGolden(
    'report/golden/three-classes.md',
    modelCard(
      cardOf(names, { test: evaluationOf(90, 3, [0, 3, 4]), refuses: true, crossValidation: madeFolds }),
    ),
  )
})

test('modelCard() lists the hardest of many classes', () => {
  const names = Array.from({ length: 100 }, (_, k) => `class ${k}`)
  const text = modelCard(cardOf(names, { validation: evaluationOf(500, 100, [42, 142, 242]) }))
  const rows = [...text.matchAll(/^\| class \d+/gm)]
  assert.match(text, /### The 40 hardest of 100 classes, on validation/)
  assert.equal(rows.length, 40)
  assert.equal(rows[0]?.[0], '| class 42')
  assert.match(text, /^- class 42 taken for class 43: 3 of 5$/m)
})

test('modelCard() without mistakes lists none', () => {
  const text = modelCard(cardOf(['a', 'b'], { validation: evaluationOf(20, 2, []) }))
  assert.doesNotMatch(text, /mistakes/)
  assert.match(text, /\| accuracy +\| +100% \|/)
})

test('modelCard() shows names as they are, whatever they hold', () => {
  const text = modelCard(cardOf(['<b>|x|\n# y', '`$(rm)`'], { run: "runs/it's `new`" }))
  assert.match(text, /^\| \\<b\\>\\\|x\\\| \\# y/m)
  assert.match(text, /^\| \\`\\\$\(rm\)\\`/m)
  assert.match(text, /^graft predict 'runs\/it'\\''s `new`' photo\.jpg$/m)
  assert.match(text, /await load\("runs\/it's `new`"\)/)
  assert.match(text, /^# it's \\`new\\`$/m)
})
