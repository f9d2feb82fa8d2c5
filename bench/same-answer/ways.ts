/** The words of the comparison: pictures, and ways of asking one classifier about them. */

/** A picture in a file of its own. */
export interface Picture {
  readonly id: string
  readonly path: string
}

/** The probabilities of each picture, in the order of the classes. */
export type Rows = readonly (readonly number[])[]

/** What a way of asking is given. */
export interface Question {
  readonly run: string
  readonly classNames: readonly string[]
  readonly pictures: readonly Picture[]
}

export interface Way {
  readonly name: string
  ask(question: Question): Promise<Rows>
}
