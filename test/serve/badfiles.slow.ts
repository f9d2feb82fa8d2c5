/** 839 files that break programs, sent by several clients at once: each is answered, none is lost, the server stays up. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { data, needs, unpacked } from '../pipeline/pictures.ts'
import { png, post, startServer } from './made-server.ts'

const clients = 8

test('serve() answers every bad file with what decoding says of it', async context => {
  const archive = `${data}/badfiles/badfiles.tar`
  if (!needs(context, archive)) return
  const verdicts: Readonly<Record<string, { readonly ok: boolean }>> = JSON.parse(
    readFileSync(`${data}/badfiles/expected.json`, 'utf8'),
  )
  const folder = unpacked(context, archive)
  const { url } = await startServer(context)
  const paths = Object.keys(verdicts)
  const statuses = new Map<string, number>()
  const client = async (): Promise<void> => {
    for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
      const { status, body } = await post(`${url}/v1/classify`, readFileSync(`${folder}/${path}`))
      statuses.set(path, status)
      assert.ok(status === 200 ? body.predictions : body.error!.message, path)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  assert.equal(statuses.size, Object.keys(verdicts).length)
  for (const [path, status] of statuses) assert.ok([200, 400, 422].includes(status), `${path}: ${status}`)
  const agreeing = [...statuses].filter(([path, status]) => verdicts[path]!.ok === (status === 200))
  // The few others are those on which decoding differs from sharp, as its own test says.
  assert.ok(agreeing.length >= statuses.size * 0.98, `${agreeing.length} of ${statuses.size}`)
  assert.equal((await post(`${url}/v1/classify`, await png())).status, 200)
})
