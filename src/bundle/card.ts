/** What a bundle says of where it comes from. */

/** Figures over the examples of one split, as the run measured them. */
export interface CardFigures {
  readonly examples: number
  /** 0..1. */
  readonly accuracy: number
  /** Cross-entropy in nats. */
  readonly loss: number
  /** 0..1. */
  readonly macroF1: number
  /** 0..1, of class 1 against class 0; null with more classes than two. */
  readonly rocAuc: number | null
}

/** Where a model comes from and how good it is, as plain data. */
export interface BundleCard {
  /** The program that made it, such as `graft 0.1.0`. */
  readonly createdBy: string
  /** When, as ISO 8601; null where a file is to depend on nothing but its parts. */
  readonly createdAt: string | null
  readonly backbone: { readonly name: string; readonly source: string; readonly licence: string }
  readonly data: {
    readonly name: string
    /** A hash of the examples and their labels. */
    readonly fingerprint: string
    /** Numbers of examples. */
    readonly train: number
    readonly validation: number
    readonly test: number
  }
  readonly training: {
    readonly recipe: string
    readonly seed: number
    /** The epoch whose weights these are, counted from 1 through all phases. */
    readonly epoch: number
  }
  readonly figures: { readonly validation: CardFigures | null; readonly test: CardFigures | null }
}
