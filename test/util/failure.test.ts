/** Errors as they cross threads. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { UserError } from '../../src/util/errors.ts'
import { deathOf, errorOf, failureOf } from '../../src/util/failure.ts'

test('errorOf() gives a user error back with its code and hint, and keeps the stack of a fault', () => {
  const error = errorOf(failureOf(new UserError('run', 'no', { hint: 'try' }))) as UserError
  assert.deepEqual([error.code, error.message, error.hint], ['run', 'no', 'try'])
  const fault = new TypeError('x is no function')
  assert.equal(errorOf(failureOf(fault)).stack, fault.stack)
})

test('deathOf() tells a thread that used up its memory in words, with what to do', async () => {
  const hungry = 'const all = []; for (;;) all.push(new Array(1000).fill(all.length))'
  const worker = new Worker(hungry, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 8 } })
  const [error] = await once(worker, 'error').catch(error => [error])
  const told = errorOf(deathOf(error)) as UserError
  assert.equal(told.message, 'Training ran out of memory')
  assert.match(told.hint!, /--max-old-space-size=\d+ .*--resume/)
})
