// Runs the built tests with Node's own runner: `--slow` adds *.slow.js, other arguments keep the files that contain them.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const words = process.argv.slice(2).filter(word => !word.startsWith('--'))
const slow = process.argv.includes('--slow')
const files = readdirSync(`${root}dist/test`, { recursive: true })
  .filter(file => file.endsWith('.test.js') || (slow && file.endsWith('.slow.js')))
  .filter(file => words.length === 0 || words.some(word => file.includes(word)))
  .map(file => `${root}dist/test/${file}`)
  .sort()
if (files.length === 0) throw new Error(`No test file in dist/test contains ${words.join(' or ')}`)
const flags = ['--enable-source-maps', '--test', '--test-concurrency=2']
const { status } = spawnSync(process.execPath, [...flags, ...files], { stdio: 'inherit', cwd: root })
process.exit(status ?? 1)
