/** Threads of the engine end in order, whatever they are at. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const pool = new URL('../../src/train/prefix-pool.js', import.meta.url).href
const made = fileURLToPath(new URL('../train/made-prefix.js', import.meta.url))

/** In a process of its own, as the fault that this is about ends the process. */
function run(statements: string): {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
} {
  const program = `
    import { prefixPool } from '${pool}'
    import { job, prefix } from '${made}'
    ${statements}
    console.log('ended')`
  const flags = ['--input-type=module', '--eval', program]
  return spawnSync(process.execPath, flags, { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } })
}

test('prefixPool() that is closed while a thread opens the engine answers what it was given, and ends', () => {
  const { status, stdout, stderr } = run(`
    for (let wait = 0; wait < 100; wait += 20) {
      const pool = prefixPool(prefix, 2)
      let found
      const answer = pool.run(job(), features => { found = features[0].length })
      await new Promise(resolve => setTimeout(resolve, wait))
      await pool.close()
      await answer
      if (found !== 2) throw new Error('no features')
    }`)
  assert.equal(status, 0, stderr)
  assert.equal(stdout, 'ended\n')
})

test('prefixPool() that is closed before it had work starts no thread', () => {
  const { status, stdout, stderr } = run('await prefixPool(prefix, 2).close()')
  assert.deepEqual([status, stdout, stderr], [0, 'ended\n', ''])
})
