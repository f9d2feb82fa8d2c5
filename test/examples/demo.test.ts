/** The demo, on fewer scenes. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { demo } from '../../examples/demo.ts'
import { fakeStream } from '../cli/terminal/fake.ts'

const folder = mkdtempSync(join(tmpdir(), 'graft-demo-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const options = ['--epochs', '1,0', '--size', '32', '--threads', '1', '--cache', join(folder, 'cache')]

/** Runs the demo without a terminal. */
async function run(count: number) {
  const [stdout, stderr] = [fakeStream(false), fakeStream(false)]
  const { signal } = new AbortController()
  const stdin = (async function* () {})()
  const context = { stdout, stderr, stdin, environment: {}, clock: Date.now, signal }
  const status = await demo({ folder, count, options }, context)
  return { status, stdout: stdout.writes.join(''), stderr: stderr.writes.join('') }
}

test('demo() draws, trains, and ends with the path of the report and the next commands', async () => {
  const { status, stdout, stderr } = await run(40)
  assert.equal(status, 0, stderr)
  assert.match(stderr, /^Drawing 40 aerial scenes/)
  assert.match(stdout, /validation accuracy \d/)
  const report = join(folder, 'demo', 'report.html')
  assert.ok(stdout.includes(`report      ${report}\n`) && existsSync(report))
  const [, , path] = /\n {2}graft predict (\S+) (\S*00001\.jpg)\n$/.exec(stdout)!
  assert.ok(existsSync(path!))
})

test('demo() run again trains on the same scenes', async () => {
  const { status, stderr } = await run(1000)
  assert.equal(status, 0, stderr)
  assert.doesNotMatch(stderr, /Drawing/)
  assert.equal(readdirSync(join(folder, 'demo-scenes', 'cactus')).length, 20)
})
