/** What the examples are: files and labels, no pixels. */

/** Where an image's bytes are: a file, or an entry of a zip archive that is read in place. */
export type Source =
  | { readonly type: 'file'; readonly path: string }
  | {
      readonly type: 'zip'
      readonly archive: string
      readonly entry: string
      /** Byte offset of the entry's local file header. */
      readonly offset: number
      readonly compressedSize: number
      readonly size: number
      /** 0 stored, 8 deflated (PKWARE APPNOTE 4.4.5). */
      readonly method: number
      readonly crc32: number
    }

export type SplitName = 'train' | 'validation' | 'test'

/** One image with its label. */
export interface Example {
  /** Unique in the dataset, stable across machines: the path below the root with `/`, or the manifest's id. */
  readonly id: string
  readonly source: Source
  /** Index into `classNames`; null when unlabelled. */
  readonly label: number | null
  /** The split that the data itself names; null where it names none. */
  readonly split: SplitName | null
}

/** An example that the user's files name and that cannot be used: to be counted with the files that cannot be read. */
export interface Missing {
  /** As the manifest writes it. */
  readonly id: string
  /** Why, in a few words: `there is no such file`. */
  readonly reason: string
}

/** How a manifest heads its ids and its labels. */
export interface ColumnNames {
  readonly id: string
  readonly label: string
}

/** A set of examples as the user's files describe it. */
export interface Dataset {
  /** The path as the user gave it. */
  readonly root: string
  readonly format: 'class-folders' | 'split-folders' | 'names' | 'manifest' | 'unlabelled'
  /** In the order that gives the label indices: alphanumeric unless the user named another. */
  readonly classNames: readonly string[]
  /** In the manifest's order, else by id. */
  readonly examples: readonly Example[]
  /** Rows of a manifest, or paths of a list, that give no example; empty for every other format. */
  readonly missing: readonly Missing[]
  /** What was guessed or skipped, one sentence each, to be told to the user. */
  readonly notes: readonly string[]
  /** The headers of the one manifest that gives the labels; absent where none or several do. */
  readonly columns?: ColumnNames | undefined
}

/** A partition of a dataset's labelled examples. */
export interface Split {
  readonly train: readonly Example[]
  readonly validation: readonly Example[]
  /** Never touched by training, early stopping or calibration. */
  readonly test: readonly Example[]
}
