/** Folders that are complete or absent: filled aside, checked there, then renamed. */
import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UserError } from '../util/errors.ts'
import { makeFolder, storageError, writeFileAtomic } from '../util/files.ts'
import type { ExportFiles } from './files.ts'

/** The file that says how an export was verified; a folder that has it was made here, and may be made anew. */
export const verificationFile = 'verification.json'

/**
 * Writes an export. An export that is there already is replaced.
 *
 * @param check looks at the folder before it gets its name, and gives the content of `verification.json`; when it
 *   throws, nothing is left
 * @throws UserError `storage` when the folder holds something else, or cannot be written
 */
export async function writeExport<Verification extends object>(
  out: string,
  files: ExportFiles,
  check: (folder: string) => Promise<Verification>,
): Promise<Verification> {
  refuseOthers(out)
  const aside = `${resolve(out)}.${randomUUID().slice(0, 8)}.part`
  try {
    fill(aside, files)
    const verification = await check(aside)
    writeFileAtomic(join(aside, verificationFile), `${JSON.stringify(verification, null, 2)}\n`)
    replace(out, aside)
    return verification
  } finally {
    removeFolder(aside)
  }
}

/** A failure is no news where another one is being told. */
function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // It could not be made either.
  }
}

/** Checks early that the folder may be written over, before the work is done. */
export function refuseOthers(out: string): void {
  if (!existsSync(out)) return
  let names: string[]
  try {
    names = readdirSync(out)
  } catch (error) {
    throw storageError('export to', out, error)
  }
  if (names.length === 0 || names.includes(verificationFile)) return
  throw new UserError(
    'storage',
    `Cannot export to "${out}": it holds something else, such as "${names[0]}"`,
    {
      hint: 'name a new folder with --out, or empty this one',
    },
  )
}

function fill(folder: string, files: ExportFiles): void {
  try {
    makeFolder(folder)
  } catch (error) {
    throw storageError('write', folder, error)
  }
  for (const [name, content] of files) {
    const path = join(folder, name)
    writeFileAtomic(path, content instanceof URL ? readFileSync(content) : content)
  }
}

/** The old folder goes only once the new one is there to take its place. */
function replace(out: string, aside: string): void {
  const old = `${aside}.old`
  try {
    if (existsSync(out)) renameSync(out, old)
    renameSync(aside, out)
  } catch (error) {
    if (existsSync(old) && !existsSync(out)) renameSync(old, out)
    throw storageError('write', out, error)
  }
  rmSync(old, { recursive: true, force: true })
}
