/** The words of a report: plain records, as a run folder keeps them. */

/** Figures over one set of examples; null, or not finite, where there is none. */
export interface EpochFigures {
  /** Cross-entropy in nats. */
  readonly loss: number | null
  /** 0..1. */
  readonly accuracy: number | null
}

/** One epoch of a run. */
export interface EpochRecord {
  /** Counted from 1 through all phases. */
  readonly epoch: number
  /** The phase's name, such as `head` or `fine-tune`. */
  readonly phase: string
  readonly train: EpochFigures
  readonly validation: EpochFigures
}

export type Series = 'train' | 'validation'
export type Figure = 'accuracy' | 'loss'
