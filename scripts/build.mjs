// Builds the library, its tests, benches and examples into dist/, from nothing, so no stale file is ever run.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
rmSync(`${root}dist`, { recursive: true, force: true })
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', root], { stdio: 'inherit', cwd: root })
const binary = `${root}dist/src/cli/main.js`
if (existsSync(binary)) chmodSync(binary, 0o755)
