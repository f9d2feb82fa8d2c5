/** From what a user says and what the data is to a complete plan. */

import type { OptimizerOptions } from '../graph/optimizers/index.ts'
import { embeddedBackbone } from '../model/embedded/backbone.ts'
import type { Activation } from '../model/head.ts'
import type { Layer } from '../model/types.ts'
import { augmentations } from '../pipeline/augmentation.ts'
import { closest } from '../util/closest.ts'
import { UserError } from '../util/errors.ts'
import type { TrainOptions } from './options.ts'
import type { Phase, Plan } from './types.ts'

/** What a plan depends on beside the options. */
export interface Facts {
  readonly classes: number
  readonly trainExamples: number
  readonly weights: string
  readonly alpha: number
  readonly size: number
  readonly threads: number
  /** Of the backbone, by Keras' index. */
  readonly layers: readonly Layer[]
}

/** Where the tutorial begins to fine-tune: `block_11_expand_BN`, of 155 layers. */
const tutorialLayer = 100

/** The first layers of two blocks, by Keras' index. */
const layerOf = { block3: 28, block6: 54, block13: 116 } as const

const tutorialPhase: Omit<Phase, 'name' | 'fromLayer' | 'learningRate'> = {
  epochs: 30,
  batchNorm: 'frozen',
  layerDecay: 1,
  schedule: 'constant',
  warmup: 0,
  optimizer: { type: 'adam' },
  labelSmoothing: 0,
  augmentation: augmentations.none,
  views: 1,
  patience: null,
  keep: 'last',
}

/** The tutorial: global max pooling, one sigmoid, Adam at 1e-4, then from layer 100 on at a tenth. */
const tutorialPhases: readonly Phase[] = [
  { ...tutorialPhase, name: 'head', fromLayer: null, learningRate: 1e-4 },
  { ...tutorialPhase, name: 'fine-tune', fromLayer: tutorialLayer, learningRate: 1e-5 },
]

/**
 * How `auto` fine-tunes small sets: weights that know much are touched lightly; the embedded ones, which know little,
 * learn from block 3 on, at a rate that would undo the others.
 */
const lightly = { fromLayer: layerOf.block13, epochs: 12, learningRate: 1e-4, views: 6 } as const
const deeply = { fromLayer: layerOf.block3, epochs: 40, learningRate: 2e-3, views: 8 } as const

/** Below this many training examples, what matters is not to overfit; above, to learn all there is. */
const small = 2000
/** From here on averaged weights are kept: with fewer examples to validate by, an early epoch would win by chance. */
const large = 8000

/**
 * The phases of `auto`: a head until it sends useful gradients down, then the upper layers, with rates that fall towards
 * the frozen ones. Chosen by ablation; see docs/recipes.md.
 */
function autoPhases({ trainExamples, weights }: Facts): readonly Phase[] {
  const isSmall = trainExamples < small
  const ofSmall = weights === embeddedBackbone().path ? deeply : lightly
  const shared = { batchNorm: 'frozen', labelSmoothing: 0, warmup: 0, patience: null, keep: 'best' } as const
  const optimizer = { type: 'adamw', weightDecay: 0.01 } as const
  const head: Phase = {
    ...shared,
    optimizer,
    name: 'head',
    fromLayer: null,
    epochs: isSmall ? 40 : 6,
    learningRate: isSmall ? 5e-4 : 2e-3,
    layerDecay: 1,
    schedule: 'cosine',
    augmentation: augmentations.light,
    views: isSmall ? 8 : 1,
  }
  const fineTune: Phase = {
    ...shared,
    optimizer,
    name: 'fine-tune',
    ...(isSmall ? ofSmall : { fromLayer: layerOf.block6, epochs: 8, learningRate: 5e-4, views: 2 }),
    layerDecay: 0.3,
    ...(trainExamples < large ? {} : { averaging: 0.4 }),
    schedule: isSmall ? 'one-cycle' : 'cosine',
    augmentation: isSmall ? augmentations.light : augmentations.flips,
  }
  return [head, fineTune]
}

/**
 * The plan.
 *
 * @throws UserError `usage` when options contradict each other or name an unknown layer
 */
export function planFor(options: TrainOptions, facts: Facts): Plan {
  const isTutorial = options.recipe === 'tutorial'
  const activation: Activation = isTutorial && facts.classes === 2 ? 'sigmoid' : 'softmax'
  const recipe = isTutorial ? tutorialPhases : autoPhases(facts)
  const phases = recipe.map((phase, index) => adjusted(phase, index, recipe[0]!.learningRate, options, facts))
  const left = phases.filter(phase => phase.epochs > 0)
  if (left.length === 0) throw new UserError('usage', 'There is nothing to train: all phases have 0 epochs')
  return {
    recipe: options.recipe ?? 'auto',
    model: { name: 'mobilenet_v2', alpha: facts.alpha, weights: facts.weights },
    preprocessing: { size: facts.size, fit: options.fit ?? 'squash', background: [255, 255, 255] },
    head: {
      pooling: options.pooling ?? (isTutorial ? 'max' : 'average'),
      activation,
      initial: isTutorial ? 'glorot' : 'zeros',
    },
    batchSize: options.batchSize ?? 32,
    classWeights: options.classWeights ?? 'none',
    phases: left,
    seed: options.seed ?? 1,
    threads: facts.threads,
  }
}

/** A recipe's phase with what the user wants otherwise. */
function adjusted(phase: Phase, index: number, headRate: number, options: TrainOptions, facts: Facts): Phase {
  const { epochs, learningRate, optimizer, schedule, batchNorm, augment, views, patience, labelSmoothing } =
    options
  const given = typeof epochs === 'number' ? epochs : epochs?.[index]
  const fromLayer =
    phase.fromLayer === null ? null : fineTuneLayer(options.fineTuneAt, phase.fromLayer, facts.layers)
  const isLeftOut = phase.fromLayer !== null && options.fineTuneAt === 'none'
  const ratio = phase.learningRate / headRate
  return {
    ...phase,
    fromLayer,
    epochs: isLeftOut ? 0 : (given ?? phase.epochs),
    learningRate: learningRate === undefined ? phase.learningRate : learningRate * ratio,
    optimizer: optimizer === undefined ? phase.optimizer : optimizerNamed(optimizer),
    schedule: schedule ?? phase.schedule,
    batchNorm: batchNorm ?? phase.batchNorm,
    augmentation: augment === undefined ? phase.augmentation : augmentations[augment],
    views: views ?? (augment === undefined ? phase.views : augment === 'none' ? 1 : Math.max(4, phase.views)),
    patience: patience === undefined ? phase.patience : patience === 0 ? null : patience,
    labelSmoothing: labelSmoothing ?? phase.labelSmoothing,
  }
}

function optimizerNamed(type: 'adam' | 'adamw' | 'sgd'): OptimizerOptions {
  return type === 'sgd' ? { type, momentum: 0.9 } : { type }
}

function fineTuneLayer(at: number | string | undefined, usual: number, layers: readonly Layer[]): number {
  if (at === undefined || at === 'none') return usual
  const index =
    typeof at === 'number' ? at : /^\d+$/.test(at) ? Number(at) : layers.findIndex(({ name }) => name === at)
  if (index >= 0 && index < layers.length) return index
  const near =
    typeof at === 'string'
      ? closest(
          at,
          layers.map(({ name }) => name),
        )
      : undefined
  throw new UserError(
    'usage',
    `The backbone has no layer "${at}": it has ${layers.length} layers, from 0 on`,
    {
      hint:
        near === undefined
          ? 'name a layer such as block_11_expand_BN, or its index'
          : `did you mean "${near}"?`,
    },
  )
}
