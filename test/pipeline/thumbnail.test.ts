import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeSource } from '../../src/pipeline/decode-source.ts'
import { isThumbnail } from '../../src/pipeline/decode-thumbnail.ts'
import { writeThumbnail } from '../../src/pipeline/thumbnail.ts'
import { encode, noisyImage, smoothImage } from './pictures.ts'

const preprocessing = { size: 16, fit: 'pad', background: [10, 20, 30] } as const
const bytes = 16 * 16 * 3

test('writeThumbnail() writes the pixels of decodeSource()', async () => {
  for (const picture of [encode(noisyImage(20, 7)).png(), encode(smoothImage(40, 30)).jpeg()]) {
    const file = await picture.toBuffer()
    assert.ok(isThumbnail(file))
    const [fast, full] = [new Uint8Array(bytes), new Uint8Array(bytes)]
    assert.equal(await writeThumbnail(file, preprocessing, fast), true)
    await decodeSource({ type: 'bytes', name: 'it', bytes: file }, preprocessing, {}, full)
    assert.deepEqual(fast, full)
  }
})

test('writeThumbnail() writes nothing of a picture that is cut short', async () => {
  const file = await encode(smoothImage(40, 30)).png().toBuffer()
  const out = new Uint8Array(bytes)
  assert.equal(await writeThumbnail(file.subarray(0, 60), preprocessing, out), false)
  assert.deepEqual(out, new Uint8Array(bytes))
})

test('isThumbnail() holds for small plain JPEG and PNG alone', async () => {
  const small = encode(smoothImage(40, 30))
  const large = encode(smoothImage(800, 600))
  const others = [large.jpeg(), large.png(), small.webp(), small.jpeg({ progressive: true })]
  for (const other of others) assert.equal(isThumbnail(await other.toBuffer()), false)
  assert.equal(isThumbnail(new TextEncoder().encode('Dear all')), false)
  assert.equal(isThumbnail(new Uint8Array()), false)
})
