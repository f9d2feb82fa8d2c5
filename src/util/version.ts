/** The version of this package. */
import { readFileSync } from 'node:fs'
import { findPackage } from './package.ts'

export const version: string = (
  JSON.parse(readFileSync(findPackage('package.json'), 'utf8')) as { version: string }
).version
