/** The part of jsfive 0.4 that is used; the package carries no types. It throws strings. */
declare module 'jsfive' {
  export class Group {
    readonly keys: string[]
    readonly attrs: Readonly<Record<string, unknown>>
    get(name: string): Group | Dataset | null
  }
  export class File extends Group {
    constructor(bytes: ArrayBuffer, name?: string)
  }
  export class Dataset {
    readonly shape: number[]
    /** Such as "<f4", or a list for strings of any length and references. */
    readonly dtype: unknown
    /** undefined for a layout that is unknown. */
    readonly value: unknown[] | undefined
  }
  /** Decoders by HDF5's filter number; 1 is deflate. */
  export const Filters: Map<number, (chunk: ArrayBuffer) => ArrayBuffer>
}
