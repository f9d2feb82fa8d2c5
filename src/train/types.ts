/** The words of training, as plain data: what a run is told to do, and what it says while it does it. */
import type { CrossValidation } from '../evaluate/cross-validation.ts'
import type { Interval } from '../evaluate/interval.ts'
import type { OptimizerOptions } from '../graph/optimizers/index.ts'
import type { Activation, Pooling } from '../model/head.ts'
import type { BatchNormMode } from '../model/types.ts'
import type { Augmentation } from '../pipeline/augmentation.ts'
import type { Preprocessing } from '../pipeline/types.ts'

/** How the learning rate runs through a phase; see `schedule.ts`. */
export type ScheduleName = 'constant' | 'cosine' | 'one-cycle'

/** A stretch of training with one set of trained layers and one optimizer. */
export interface Phase {
  /** Such as `head` or `fine-tune`. */
  readonly name: string
  readonly epochs: number
  /** The first trained layer of the backbone, by Keras' index; null trains the head alone. */
  readonly fromLayer: number | null
  readonly batchNorm: BatchNormMode
  readonly learningRate: number
  /** The factor by which the learning rate falls from the head to the first trained layer; 1: none. */
  readonly layerDecay: number
  readonly schedule: ScheduleName
  /** Epochs, or a part of one, over which the learning rate rises from 0. */
  readonly warmup: number
  readonly optimizer: OptimizerOptions
  /** Epochs, mostly a part of one, whose weights are averaged into those that are validated and kept. Default: none. */
  readonly averaging?: number | undefined
  readonly labelSmoothing: number
  readonly augmentation: Augmentation
  /** Augmented views of each image, used in turn, one an epoch; the first is the image itself. 1: no augmentation. */
  readonly views: number
  /** Epochs without a better validation figure after which the phase ends; null: never. */
  readonly patience: number | null
  /** Whether the phase ends with its best epoch's weights, or with its last. */
  readonly keep: 'best' | 'last'
}

/** Weights of the loss by class: none, inversely to the class's share, or by class name. */
export type ClassWeights = 'none' | 'balanced' | Readonly<Record<string, number>>

/** Everything that decides what a run computes: the same plan, data and threads give the same bytes. */
export interface Plan {
  readonly recipe: string
  readonly model: { readonly name: 'mobilenet_v2'; readonly alpha: number; readonly weights: string }
  readonly preprocessing: Preprocessing
  readonly head: {
    readonly pooling: Pooling
    readonly activation: Activation
    /** Whether the new dense layer starts from zeros, with no opinion, or as Keras draws it. */
    readonly initial: 'zeros' | 'glorot'
  }
  readonly batchSize: number
  readonly classWeights: ClassWeights
  readonly phases: readonly Phase[]
  readonly seed: number
  readonly threads: number
}

/** Figures over one set of examples. */
export interface Figures {
  /** Mean cross-entropy in nats. */
  readonly loss: number
  /** 0..1 */
  readonly accuracy: number
  readonly macroF1: number
  /** Of class 1 against class 0; null with more than two classes, or with one class absent. */
  readonly rocAuc: number | null
}

/** One line of `metrics.jsonl`. */
export interface EpochRecord {
  /** Counted from 1 through all phases. */
  readonly epoch: number
  readonly phase: string
  readonly learningRate: number
  /** Over the epoch's batches as they were trained on, as Keras reports it. */
  readonly train: Figures
  /** Over the whole validation set, after the epoch; null when there is none. */
  readonly validation: Figures | null
  readonly isBest: boolean
  readonly seconds: number
}

/** What the network says of one validation example; probabilities have four digits. */
export interface WatchedExample {
  readonly id: string
  /** The true class, and the one it is taken for. */
  readonly label: number
  readonly predicted: number
  /** Probability of the predicted class, and of the true one. */
  readonly score: number
  readonly labelScore: number
}

/** Work that is counted while it goes on. */
export type Stage = 'download' | 'read' | 'features' | 'train'

/** What a run says. */
export type TrainEvent =
  | {
      readonly event: 'start'
      readonly run: string
      readonly recipe: string
      readonly classNames: readonly string[]
      readonly examples: Readonly<Record<'train' | 'validation' | 'test', number>>
      readonly resumed: boolean
    }
  | { readonly event: 'note'; readonly message: string }
  | {
      readonly event: 'progress'
      readonly stage: Stage
      readonly phase: string | null
      /** The epoch under way, through all phases, and how many there will be at most. */
      readonly epoch: number | null
      readonly epochs: number | null
      /** Examples; of a download of weights bytes, and 0 in all where the server does not say how many. */
      readonly done: number
      readonly total: number
      /** Mean loss of the epoch's examples so far, in nats; only of the stage `train`. */
      readonly loss?: number
    }
  | {
      readonly event: 'phase'
      readonly phase: string
      readonly epochs: number
      /** Trained numbers. */
      readonly parameters: number
      /** The value at which the network is cut, and its size for one example. */
      readonly cut: string
      readonly cutShape: readonly number[]
    }
  | ({ readonly event: 'epoch' } & EpochRecord)
  | {
      readonly event: 'predictions'
      readonly epoch: number
      /** The same few validation examples after each epoch; their pictures are in `watched.jpg`, in this order. */
      readonly examples: readonly WatchedExample[]
    }
  | ({ readonly event: 'done' } & Outcome)

/** How a run ended: the figures are of the weights in `best.onnx`. */
export interface Outcome {
  readonly run: string
  /** Validation examples that the figures are of. */
  readonly examples: number
  readonly accuracy: number | null
  readonly accuracyInterval: Interval | null
  readonly loss: number | null
  readonly macroF1: number | null
  readonly rocAuc: number | null
  /** Over all folds, where there are any. */
  readonly crossValidation?: CrossValidation | undefined
  readonly bestEpoch: number
  readonly epochs: number
  readonly seconds: number
}
