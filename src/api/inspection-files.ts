/** Where an inspection is kept: a folder with a page and a table. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findingsCsv } from '../inspect/findings-csv.ts'
import { inspectionPage } from '../inspect/page.ts'
import { UserError } from '../util/errors.ts'
import { writeFileAtomic } from '../util/files.ts'
import { quoted } from '../util/words.ts'
import type { Inspection } from './inspect.ts'

const names = { page: 'inspection.html', findings: 'findings.csv' } as const

/**
 * The folder that was named, or the first free one below `inspections/`: what a person wrote into a table is never
 * written over.
 *
 * @param name of the data
 * @throws UserError `usage` when the named folder holds an inspection
 */
export function freeFolder(given: string | undefined, name: string): string {
  const isTaken = (folder: string): boolean =>
    Object.values(names).some(file => existsSync(join(folder, file)))
  if (given !== undefined) {
    if (!isTaken(given)) return given
    throw new UserError('usage', `The folder ${quoted(given)} holds an inspection already`, {
      hint: 'name another folder with --out, or remove that one',
    })
  }
  const base = join('inspections', name)
  for (let count = 2, folder = base; ; count++) {
    if (!isTaken(folder)) return folder
    folder = `${base}-${count}`
  }
}

/**
 * Writes `inspection.html` and `findings.csv`.
 *
 * @returns their paths
 * @throws UserError `storage` when they cannot be written
 */
export async function writeInspection(
  inspection: Inspection,
  folder: string,
): Promise<{ readonly page: string; readonly findings: string }> {
  const { summary, dataset } = inspection
  const paths = { page: join(folder, names.page), findings: join(folder, names.findings) }
  const page = {
    ...inspection,
    name: dataset.root,
    images: dataset.examples.length,
    classes: summary.classes,
  }
  writeFileAtomic(paths.findings, findingsCsv(inspection.findings))
  writeFileAtomic(paths.page, await inspectionPage(page))
  return paths
}
