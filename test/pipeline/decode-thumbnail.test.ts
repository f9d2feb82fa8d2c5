import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import sharp from 'sharp'
import { readZipEntry } from '../../src/dataset/entry.ts'
import { readZipDirectory } from '../../src/dataset/zip.ts'
import { decodeFully } from '../../src/pipeline/decode-sharp.ts'
import { decodeThumbnail } from '../../src/pipeline/decode-thumbnail.ts'
import { flatten } from '../../src/pipeline/flatten.ts'
import { sniff } from '../../src/pipeline/sniff.ts'
import { defaultLimits } from '../../src/pipeline/types.ts'
import { data, difference, encode, needs, noisyImage, unpacked } from './pictures.ts'

const background = [250, 120, 30] as const

/** The difference between the two decoders' pixels; null where the thumbnail decoder leaves the picture to the other. */
async function disagreement(bytes: Uint8Array): Promise<number | null> {
  const content = sniff(bytes)
  if (content.type !== 'image') return null
  const thumbnail = await decodeThumbnail(bytes, content.format)
  if (thumbnail === null) return null
  const full = await decodeFully(bytes, content.format, null, defaultLimits)
  return difference(flatten(thumbnail, background), flatten(full, background))
}

test('decodeThumbnail() gives the pixels of the full decoder for JPEG, gray, 4:4:4 and 4:2:0', async () => {
  for (const [width, height] of [
    [32, 32],
    [1, 1],
    [17, 3],
    [400, 300],
  ] as const) {
    const file = encode(noisyImage(width, height))
    for (const chromaSubsampling of ['4:4:4', '4:2:0']) {
      assert.equal(await disagreement(await file.clone().jpeg({ chromaSubsampling }).toBuffer()), 0)
    }
    assert.equal(await disagreement(await file.clone().grayscale().jpeg().toBuffer()), 0)
  }
})

test('decodeThumbnail() gives the pixels of the full decoder for PNG: RGB, gray, palette, alpha', async () => {
  const file = encode(noisyImage(40, 30))
  const files = [
    file.clone().png(),
    file.clone().grayscale().png(),
    file.clone().png({ palette: true, colours: 16 }),
    file.clone().ensureAlpha(0.4).png(),
    file.clone().grayscale().ensureAlpha(0.7).png(),
  ]
  for (const png of files) assert.equal(await disagreement(await png.toBuffer()), 0)
})

test('decodeThumbnail() leaves all but small plain pictures to the full decoder', async () => {
  const small = encode(noisyImage(40, 30))
  const files = {
    large: encode(noisyImage(500, 500)).jpeg(),
    progressive: small.clone().jpeg({ progressive: true }),
    profile: small.clone().withIccProfile('p3').jpeg(),
    cmyk: small.clone().toColourspace('cmyk').jpeg(),
    interlaced: small.clone().png({ progressive: true }),
    deep: small.clone().toColourspace('rgb16').png(),
    'PNG with a profile': small.clone().withIccProfile('p3').png(),
    WebP: small.clone().webp(),
  }
  for (const [what, file] of Object.entries(files)) {
    assert.equal(await disagreement(await file.toBuffer()), null, what)
  }
})

/** A JPEG with an Exif segment that holds nothing but an orientation, in either byte order (Exif 2.32, 4.5 and 4.6). */
function withOrientation(jpeg: Buffer, orientation: number, order: 'II' | 'MM'): Buffer {
  const exif = Buffer.alloc(36)
  const short = (value: number, at: number): number =>
    order === 'II' ? exif.writeUInt16LE(value, at) : exif.writeUInt16BE(value, at)
  exif.write('\xff\xe1\0\x22Exif\0\0', 'latin1')
  exif.write(order, 10)
  short(42, 12)
  short(8, order === 'II' ? 14 : 16) // the directory begins 8 bytes after the byte order
  short(1, 18)
  short(0x0112, 20)
  short(3, 22)
  short(1, order === 'II' ? 24 : 26)
  short(orientation, 28)
  return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)])
}

test('decodeThumbnail() leaves pictures that Exif turns to the full decoder', async () => {
  const jpeg = await encode(noisyImage(40, 30)).jpeg().toBuffer()
  for (const order of ['II', 'MM'] as const) {
    assert.equal(await disagreement(withOrientation(jpeg, 1, order)), 0)
    for (const orientation of [2, 3, 6, 8]) {
      const file = withOrientation(jpeg, orientation, order)
      assert.equal((await sharp(file).metadata()).orientation, orientation)
      assert.equal(await disagreement(file), null)
    }
  }
})

test('decodeThumbnail() leaves damaged pictures to the full decoder, and works on', async () => {
  const jpeg = await encode(noisyImage(64, 64)).jpeg().toBuffer()
  const png = await encode(noisyImage(64, 64)).png().toBuffer()
  const flipped = (bytes: Buffer): Buffer => {
    const broken = Buffer.from(bytes)
    broken[broken.length >> 1]! ^= 0xff
    return broken
  }
  for (let run = 0; run < 3; run++) {
    for (const broken of [
      jpeg.subarray(0, -2),
      jpeg.subarray(0, jpeg.length / 2),
      png.subarray(0, -20),
      flipped(png),
    ]) {
      const content = sniff(broken)
      assert.equal(content.type === 'image' && (await decodeThumbnail(broken, content.format)), null)
    }
    assert.equal(await disagreement(jpeg), 0)
    assert.equal(await disagreement(png), 0)
  }
})

test('decodeThumbnail() gives the pixels of the full decoder for real thumbnails and photographs', async context => {
  const archive = `${data}/cactus/train.zip`
  if (!needs(context, archive)) return
  const { files } = await readZipDirectory(archive)
  for (const { source } of files.filter((_, i) => i % 50 === 0)) {
    assert.equal(await disagreement(readZipEntry(source)), 0, source.entry)
  }
  let photographs = 0
  for (const file of readdirSync(`${data}/hymenoptera/val/bees`)) {
    const found = await disagreement(readFileSync(`${data}/hymenoptera/val/bees/${file}`))
    assert.ok(found === null || found === 0, `${file}: ${found}`)
    if (found === 0) photographs++
  }
  assert.ok(photographs > 50)
})

test('decodeThumbnail() gives the pixels of the full decoder for all of PngSuite that it reads', async context => {
  const archive = `${data}/badfiles/badfiles.tar`
  if (!needs(context, archive)) return
  const folder = `${unpacked(context, archive)}/pngsuite`
  let read = 0
  for (const file of readdirSync(folder).filter(file => file.endsWith('.png'))) {
    const found = await disagreement(readFileSync(`${folder}/${file}`))
    assert.ok(found === null || found === 0, `${file}: ${found}`)
    if (found === 0) read++
  }
  assert.ok(read > 60, `${read} read`)
})
