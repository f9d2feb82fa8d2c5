/** The folders of a layout with the names of those inside, which may be the classes. */
import { type Layout, partsBelow } from './layout.ts'
import type { TreeFile } from './tree.ts'

export interface InnerFolder {
  readonly name: string
  /** 2 where it holds nothing but a folder of the same name, as archives of Kaggle's do, and that one is meant; else 1. */
  readonly depth: number
  /** The folders that hold images, below `depth` folders. */
  readonly classes: ReadonlySet<string>
  /** Images that lie in the folder itself. */
  readonly direct: number
}

export function innerFolders(images: readonly TreeFile[], { base, folders }: Layout): InnerFolder[] {
  const inside = new Map<string, string[][]>(folders.map(({ name }) => [name, []]))
  for (const { path } of images) {
    const parts = partsBelow(path, base)
    inside.get(parts[0]!)?.push(parts)
  }
  return folders.map(({ name, direct }) => innerFolder(name, direct, inside.get(name)!))
}

function innerFolder(name: string, direct: number, paths: readonly (readonly string[])[]): InnerFolder {
  const depth = paths.every(([, second, ...rest]) => second === name && rest.length > 0) ? 2 : 1
  const classes = paths.filter(parts => parts.length > depth + 1).map(parts => parts[depth]!)
  return { name, depth, direct, classes: new Set(classes) }
}
