/** What an export consists of, before it is on disk. */

/** Content of files by their paths in the folder: text, bytes, or a `file:` URL of what is to be copied. */
export type ExportFiles = ReadonlyMap<string, string | Uint8Array | URL>
