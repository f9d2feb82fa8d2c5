import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostCheck, isLoopback } from '../../src/serve/hosts.ts'

test('isLoopback() tells private addresses from others', () => {
  for (const host of ['127.0.0.1', '127.3.2.1', '::1', 'localhost']) assert.ok(isLoopback(host), host)
  for (const host of ['0.0.0.0', '::', '192.168.0.1', '128.0.0.1', 'example.org'])
    assert.ok(!isLoopback(host), host)
})

test('hostCheck() lets in addresses, localhost and names that were allowed, with any port', () => {
  const check = hostCheck(['Cats.example'])
  for (const host of [
    '127.0.0.1:7860',
    '[::1]:7860',
    'localhost',
    'LOCALHOST:1',
    'a.localhost',
    'cats.example:443',
  ])
    check(host)
})

test('hostCheck() refuses names that somebody may have pointed here', () => {
  const check = hostCheck([])
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:80',
    'evil-localhost',
    '',
    undefined,
  ])
    assert.throws(() => check(host), { status: 403, code: 'host' }, String(host))
})
