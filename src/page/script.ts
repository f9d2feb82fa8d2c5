/** The programs of pages: written in TypeScript in `web/`, each made one file by the build. */
import { readFileSync } from 'node:fs'

/** The text of `web/<name>.page.ts`, bundled for browsers. */
export function pageScript(name: string): string {
  return readFileSync(new URL(`../web/${name}.page.js`, import.meta.url), 'utf8').trim()
}
