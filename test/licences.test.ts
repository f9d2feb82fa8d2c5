/** What is installed with Graft: pinned to a version and a checksum, under licences that the documentation lists. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

interface LockedPackage {
  readonly version: string
  readonly integrity?: string
  readonly license?: string
  readonly dev?: boolean
  readonly devOptional?: boolean
}

const readJson = (path: string): Record<string, Record<string, never>> =>
  JSON.parse(readFileSync(path, 'utf8'))
const packages: [path: string, locked: LockedPackage][] = Object.entries(
  readJson('package-lock.json')['packages']!,
).filter(([path]) => path !== '')
const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

test('package.json names exact versions', () => {
  const { dependencies, devDependencies } = readJson('package.json')
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
    assert.match(version, /^\d+\.\d+\.\d+$/, name)
})

test('package-lock.json holds a checksum of each package', () => {
  assert.ok(packages.length > 50)
  for (const [path, { integrity }] of packages) assert.match(integrity ?? '', /^sha512-[\w+/=]{88}$/, path)
})

test('docs/licences.md lists the packages that are installed with Graft, by licence', () => {
  const byLicence = new Map<string, Set<string>>()
  for (const [path, { license = 'none stated', dev, devOptional }] of packages) {
    if (dev || devOptional) continue
    byLicence.set(license, (byLicence.get(license) ?? new Set()).add(nameOf(path)))
  }
  const rows = [...byLicence]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([licence, names]) => `| ${licence} | ${[...names].sort().join(', ')} |`)
  const documented = readFileSync('docs/licences.md', 'utf8')
  assert.ok(
    documented.includes(`|---|---|\n${rows.join('\n')}\n\n`),
    `the table should be\n${rows.join('\n')}`,
  )
})
