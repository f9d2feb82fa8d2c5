import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sniff } from '../../src/pipeline/sniff.ts'
import { encode, noisyImage } from './pictures.ts'

test('sniff() tells the formats that are read by their content', async () => {
  const picture = (): ReturnType<typeof encode> => encode(noisyImage(8, 8))
  const files = {
    JPEG: picture().jpeg(),
    PNG: picture().png(),
    GIF: picture().gif(),
    WebP: picture().webp(),
    AVIF: picture().avif(),
    TIFF: picture().tiff(),
  }
  for (const [format, file] of Object.entries(files)) {
    assert.deepEqual(sniff(await file.toBuffer()), { type: 'image', format })
  }
})

const others: Readonly<Record<string, string>> = {
  '': 'nothing',
  '<!DOCTYPE html><html>404</html>': 'a web page',
  '<?xml version="1.0"?><Error>NoSuchKey</Error>': 'XML text',
  '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>': 'an SVG drawing',
  '\xef\xbb\xbf<svg/>': 'an SVG drawing',
  'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n': 'a Git LFS pointer',
  'id,label\n1,cat\n': 'text',
  '%PDF-1.7': 'a PDF document',
  'PK\x03\x04\x14\0': 'a zip archive',
  '\0\0\0\x1cftypheic\0\0\0\0mif1heic': 'a HEIC image',
  '\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41': 'a video',
  '\0\0\0\x0cJXL \r\n\x87\n': 'a JPEG XL image',
  'BM\x36\x10\0\0\0\0\0\0\x36\0\0\0': 'a BMP image',
  '\0\x05\x16\x07\0\x02\0\0Mac OS X': 'a macOS resource file',
  '\x01\x02\x03\x04': 'unknown data',
  '\xff\xd8': 'unknown data',
}

for (const [bytes, what] of Object.entries(others)) {
  test(`sniff() says ${what} of ${JSON.stringify(bytes.slice(0, 20))}`, () => {
    const content = sniff(Buffer.from(bytes, 'latin1'))
    assert.equal(content.type === 'other' && content.what, what)
    assert.ok(content.type === 'other' && content.hint.length > 0)
  })
}

test('sniff() takes AVIF by a compatible brand too', () => {
  const file = Buffer.from('\0\0\0\x1cftypmif1\0\0\0\0mif1avif\0\0\0\0', 'latin1')
  assert.deepEqual(sniff(file), { type: 'image', format: 'AVIF' })
})

test('sniff() takes no part of a signature for the whole', () => {
  for (const start of ['\x89PNG', 'GIF8', 'RIFF\0\0\0\0WAVE', 'II*']) {
    assert.equal(sniff(Buffer.from(start, 'latin1')).type, 'other')
  }
})
