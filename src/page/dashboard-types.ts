/** What a dashboard knows of runs, as the server sends it and the page shows it. */

/** `interrupted`: its process ended without a word, so only its last checkpoint is left. */
export type RunStatus = 'running' | 'stopping' | 'done' | 'stopped' | 'failed' | 'interrupted'

/** One run as it is now. */
export interface RunView {
  /** Names the run in addresses; the run folder's name. */
  readonly id: string
  readonly status: RunStatus
  /** What failed, in words. */
  readonly message: string | null
  readonly recipe: string
  readonly backbone: string
  readonly classes: number
  readonly examples: Readonly<Record<'train' | 'validation' | 'test', number>>
  /** Milliseconds since 1970, of the last start and of the end; null where nothing tells. */
  readonly began: number | null
  readonly ended: number | null
  readonly activity: Activity | null
  /** The training loss as steps end. */
  readonly curve: readonly CurvePoint[]
  readonly epochs: readonly EpochPoint[]
  readonly watched: Watched | null
  /** Whether there is a report to link to. */
  readonly hasReport: boolean
}

/** What a run does just now, or did last. */
export interface Activity {
  readonly stage: 'download' | 'read' | 'features' | 'train'
  readonly phase: string | null
  /** The epoch under way and the most there will be, through all phases; null outside of training. */
  readonly epoch: number | null
  readonly epochs: number | null
  /** Examples of the stage, or of the epoch. */
  readonly done: number
  readonly total: number
  /** Examples a second; null while too little is known. */
  readonly rate: number | null
  /** Until the last epoch would end at this rate; null while that is unknown. */
  readonly secondsLeft: number | null
}

export interface CurvePoint {
  /** In epochs: 1.5 is the middle of the second. */
  readonly at: number
  /** In nats, over the examples since the point before. */
  readonly loss: number
}

export interface EpochPoint {
  readonly epoch: number
  readonly phase: string
  /** Losses that ran away are null, and so is what is not measured. */
  readonly loss: number | null
  readonly accuracy: number | null
  readonly validationLoss: number | null
  readonly validationAccuracy: number | null
  readonly isBest: boolean
}

/** A few validation examples and what the network says of them. */
export interface Watched {
  /** The epoch that this is after. */
  readonly epoch: number
  /** Pictures in a row of the sheet that shows them all; null without a sheet. */
  readonly columns: number | null
  readonly examples: readonly WatchedView[]
}

export interface WatchedView {
  readonly id: string
  /** Class names: the truth, what it is taken for, and what it was taken for an epoch before if that was another. */
  readonly label: string
  readonly predicted: string
  readonly before: string | null
  /** Probability of the predicted class. */
  readonly score: number
  /** Probability of the true class after each epoch that is known, in order. */
  readonly history: readonly number[]
}

/** The runs there are, newest first. */
export interface RunList {
  /** The folder, as it was given. */
  readonly folder: string
  readonly ids: readonly string[]
}
