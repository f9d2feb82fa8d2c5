/** The words of distillation, as plain data: what a run is told to do, and what it says while it does it. */
import type { Augmentation } from '../pipeline/augmentation.ts'

/** Numbers that a teacher says of an image: pooled features to be met, or logits to be agreed with. */
export interface TeacherPart {
  readonly kind: 'features' | 'logits'
  readonly length: number
}

/** Some epochs in which the student sees pictures of one size. */
export interface Stage {
  /** Side of the square, in pixels. */
  readonly size: number
  readonly epochs: number
}

/** Everything that decides what a distillation computes: the same plan, data and threads give the same bytes. */
export interface DistillPlan {
  readonly student: { readonly name: 'mobilenet_v2'; readonly alpha: number; readonly size: number }
  /** Path of the weights that the student starts from; null: random ones. */
  readonly weights: string | null
  /** Paths of the teachers' files. */
  readonly teachers: readonly string[]
  /** Side of the square that the teachers see, in pixels. */
  readonly teacherSize: number
  /** Cached views of each image, used in turn, one an epoch; the first is the whole image. */
  readonly views: number
  readonly augmentation: Augmentation
  readonly stages: readonly Stage[]
  readonly batchSize: number
  /** At its peak, after the first epoch; then it falls to 0 along half a cosine. */
  readonly learningRate: number
  readonly weightDecay: number
  /** By which both sides' logits are divided (Hinton, Vinyals and Dean 2015). */
  readonly temperature: number
  /** Weight of agreeing with logits; that of meeting features is 1. */
  readonly logitWeight: number
  /** Of batch norm's running statistics. */
  readonly momentum: number
  /** Of the average of weights over steps. */
  readonly averaging: number
  /** Share of the images that only measures. */
  readonly validation: number
  readonly seed: number
  readonly threads: number
}

/** Figures over one set of images. */
export interface DistillFigures {
  /** The weighted sum of the parts' losses. */
  readonly loss: number
  /** Share of images where student and teacher give the same class the first place; null without logits. */
  readonly accuracy: number | null
}

/** One line of `metrics.jsonl`. */
export interface DistillRecord {
  /** Counted from 1. */
  readonly epoch: number
  /** Such as `64 px`. */
  readonly phase: string
  readonly learningRate: number
  readonly train: DistillFigures
  /** Of the averaged weights, on images that are not trained on. */
  readonly validation: DistillFigures
  readonly seconds: number
}

/** What a distillation says. */
export type DistillEvent =
  | { readonly event: 'start'; readonly run: string; readonly images: number; readonly resumed: boolean }
  | { readonly event: 'note'; readonly message: string }
  | {
      readonly event: 'progress'
      /** `teacher`: asking the teachers, `train`: teaching the student. */
      readonly stage: 'teacher' | 'train'
      readonly epoch: number | null
      readonly epochs: number
      /** Images. */
      readonly done: number
      readonly total: number
    }
  | ({ readonly event: 'epoch' } & DistillRecord)
  | {
      readonly event: 'done'
      readonly run: string
      /** The student's weights, float16 safetensors. */
      readonly weights: string
      readonly loss: number
      readonly accuracy: number | null
      readonly epochs: number
      readonly seconds: number
    }
