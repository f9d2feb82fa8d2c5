/** Files of this package, wherever it is installed. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The path of a file that is named from the package's root.
 *
 * @throws Error when the package is incomplete
 */
export function findPackage(name: string): string {
  for (let folder = new URL('.', import.meta.url); ; ) {
    const path = new URL(name, folder)
    if (existsSync(path) && existsSync(new URL('package.json', folder))) return fileURLToPath(path)
    const parent = new URL('..', folder)
    if (parent.href === folder.href) throw new Error(`The package is incomplete: it has no "${name}"`)
    folder = parent
  }
}
