import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import sharp from 'sharp'
import { decodeImage } from '../../src/pipeline/decode.ts'
import { resizeImage } from '../../src/pipeline/resize.ts'
import type { Image } from '../../src/pipeline/types.ts'
import { UnreadableImage } from '../../src/pipeline/unreadable.ts'
import { randomOf } from '../../src/util/random.ts'
import { data, difference, encode, needs, noisyImage, pixelAt, smoothImage } from './pictures.ts'

/** An uncompressed TIFF of one gray channel of 32 bits (TIFF 6.0, sections 2 and 19). */
function tiffOf32Bits(format: 'uint' | 'float', side: number): Uint8Array {
  const tags: readonly (readonly [tag: number, type: 3 | 4, value: number])[] = [
    [256, 4, side],
    [257, 4, side],
    [258, 3, 32],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 140],
    [277, 3, 1],
    [278, 4, side],
    [279, 4, side * side * 4],
    [339, 3, format === 'float' ? 3 : 1],
  ]
  const bytes = new Uint8Array(140 + side * side * 4)
  const view = new DataView(bytes.buffer)
  bytes.set([0x49, 0x49, 42, 0, 8, 0, 0, 0, tags.length, 0])
  tags.forEach(([tag, type, value], at) => {
    const place = 10 + at * 12
    view.setUint16(place, tag, true)
    view.setUint16(place + 2, type, true)
    view.setUint32(place + 4, 1, true)
    view.setUint32(place + 8, value, true)
  })
  for (let at = 140; at < bytes.length; at += 4) view.setFloat32(at, 0.5, true)
  return bytes
}

const name = 'photos/x.jpg'
const decode = (bytes: Uint8Array, options = {}): Promise<Image> => decodeImage(bytes, { name, ...options })

/** Two sizes: one for the thumbnail decoders, one for sharp. */
const sides = [64, 700]
/** Quantisation at the best quality, and two colour conversions. */
const lossy = 4

test('decodeImage() refuses measurements of 32 bits, which have no white', async () => {
  for (const [format, words] of [
    ['uint', '32 bits'],
    ['float', 'fractions'],
  ] as const)
    await assert.rejects(
      decode(tiffOf32Bits(format, 40)),
      new RegExp(`as an image: .*its samples are ${words}; wanted 8 or 16 bits without sign`),
    )
})

for (const side of sides) {
  const picture = smoothImage(side, side - 1)

  test(`decodeImage() reads each format of ${side} pixels as it was written`, async () => {
    const file = encode(picture)
    assert.equal(difference(await decode(await file.clone().png().toBuffer()), picture), 0)
    assert.equal(
      difference(await decode(await file.clone().tiff({ compression: 'lzw' }).toBuffer()), picture),
      0,
    )
    assert.equal(difference(await decode(await file.clone().webp({ lossless: true }).toBuffer()), picture), 0)
    const jpeg = await file.clone().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer()
    assert.ok(difference(await decode(jpeg), picture) <= lossy)
    const avif = await file.clone().avif({ quality: 100, chromaSubsampling: '4:4:4', effort: 0 }).toBuffer()
    assert.ok(difference(await decode(avif), picture) <= lossy)
  })

  test(`decodeImage() applies every Exif orientation at ${side} pixels`, async () => {
    const upright = await decode(await encode(picture).png().toBuffer())
    for (let orientation = 1; orientation <= 8; orientation++) {
      const { data, info } = await encode(picture)
        .withMetadata({ orientation })
        .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
        .toBuffer({ resolveWithObject: true })
      const image = await decode(data)
      const turned = orientation >= 5
      assert.deepEqual(
        [image.width, image.height],
        turned ? [info.height, info.width] : [info.width, info.height],
      )
      // Where the picture's top left corner is, by orientation (Exif 2.32, 4.6.4).
      const [right, bottom] = [[2, 3, 6, 7].includes(orientation), [3, 4, 7, 8].includes(orientation)]
      const corner = pixelAt(image, right ? image.width - 1 : 0, bottom ? image.height - 1 : 0)
      pixelAt(upright, 0, 0).forEach((level, i) => {
        assert.ok(Math.abs(level - corner[i]!) <= 6, `orientation ${orientation}: ${corner}`)
      })
    }
  })

  test(`decodeImage() turns gray, 16-bit and CMYK of ${side} pixels into 8-bit RGB`, async () => {
    const gray = await decode(await encode(picture).grayscale().png().toBuffer())
    const [red, green, blue] = pixelAt(gray, 10, 20)
    assert.ok(red === green && green === blue)
    const deep = await sharp(await encode(picture).toColourspace('rgb16').png().toBuffer()).metadata()
    assert.equal(deep.depth, 'ushort')
    assert.ok(
      difference(await decode(await encode(picture).toColourspace('rgb16').png().toBuffer()), picture) <= 1,
    )
    const cmyk = await encode(picture).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer()
    assert.equal((await sharp(cmyk).metadata()).space, 'cmyk')
    assert.equal((await decode(cmyk)).data.length, picture.data.length)
  })

  test(`decodeImage() flattens transparency of ${side} pixels on the background`, async () => {
    const pixels = Buffer.alloc(side * side * 4)
    for (let i = 0; i < side * side; i++) pixels.set([200, 100, 0, (i % side) % 256], i * 4)
    const file = await sharp(pixels, { raw: { width: side, height: side, channels: 4 } })
      .png()
      .toBuffer()
    const image = await decode(file, { background: [0, 0, 255] })
    assert.deepEqual(pixelAt(image, 0, 0), [0, 0, 255])
    const alpha = 51
    assert.deepEqual(pixelAt(image, alpha, 0), [40, 20, 204])
    assert.deepEqual(pixelAt(await decode(file), 0, 0), [255, 255, 255])
  })

  test(`decodeImage() refuses a JPEG and a PNG of ${side} pixels cut short anywhere`, async () => {
    for (const file of [await encode(picture).jpeg().toBuffer(), await encode(picture).png().toBuffer()]) {
      for (const share of [0.02, 0.3, 0.7, 0.95]) {
        await assert.rejects(decode(file.subarray(0, Math.ceil(file.length * share))), UnreadableImage)
      }
    }
  })

  test(`decodeImage() refuses a JPEG of ${side} pixels without its end marker`, async () => {
    const file = await encode(picture).jpeg().toBuffer()
    await assert.rejects(decode(file.subarray(0, -2)), /premature end of JPEG/)
  })
}

test('decodeImage() gives the first frame of an animation', async () => {
  const frames = sharp(Buffer.concat([Buffer.alloc(12 * 10 * 3, 200), Buffer.alloc(12 * 10 * 3, 10)]), {
    raw: { width: 12, height: 20, channels: 3, pageHeight: 10 },
  })
  for (const file of [frames.clone().gif(), frames.clone().webp({ lossless: true })]) {
    const image = await decode(await file.toBuffer())
    assert.deepEqual([image.width, image.height], [12, 10])
    assert.deepEqual(pixelAt(image, 5, 5), [200, 200, 200])
  }
})

test('decodeImage() converts colour profiles to sRGB', async () => {
  const wide = await encode(noisyImage(40, 40)).withIccProfile('p3').png().toBuffer()
  const plain = await encode(noisyImage(40, 40)).png().toBuffer()
  assert.ok((await sharp(wide).metadata()).hasProfile)
  // the file holds Display P3 numbers; converted back they are the sRGB ones but for rounding and gamut clipping
  const [a, b] = [await decode(wide), await decode(plain)]
  const mean = a.data.reduce((sum, level, i) => sum + Math.abs(level - b.data[i]!), 0) / a.data.length
  assert.ok(mean < 2, `mean difference ${mean}`)
})

test('decodeImage() shrinks a photograph only when three times the wanted side remain', async () => {
  const file = await encode(smoothImage(1600, 1201)).jpeg().toBuffer()
  const sizes: readonly [atLeast: number, width: number, height: number][] = [
    [50, 200, 151],
    [51, 400, 301],
    [101, 800, 601],
    [201, 1600, 1201],
  ]
  for (const [atLeast, width, height] of sizes) {
    const image = await decode(file, { atLeast })
    assert.deepEqual([image.width, image.height], [width, height])
  }
})

test('decodeImage() shrinks a photograph to what a full decode gives, but for half a level', async context => {
  const photograph = `${data}/hymenoptera/train/ants/Nepenthes_rafflesiana_ant.jpg` // 1488 x 1984
  if (!needs(context, photograph)) return
  const file = readFileSync(photograph)
  for (const side of [60, 96, 224]) {
    const shrunk = await decode(file, { atLeast: side })
    assert.ok(shrunk.width < 1488)
    const [fast, exact] = [shrunk, await decode(file)].map(image => resizeImage(image, side, side).data)
    const mean = fast!.reduce((sum, level, i) => sum + Math.abs(level - exact![i]!), 0) / fast!.length
    assert.ok(mean < 0.5, `${mean} levels at ${side}`)
  }
})

test('decodeImage() forgives stray bytes between JPEG segments, whichever decoder meets them', async () => {
  for (const side of sides) {
    const file = await encode(smoothImage(side, side)).jpeg().toBuffer()
    const stray = Buffer.concat([file.subarray(0, -2), Buffer.from([0, 0, 0]), file.subarray(-2)])
    assert.equal(difference(await decode(stray), await decode(file)), 0)
  }
})

test('decodeImage() forgives stray bytes in CMYK, which one of its decoders cannot read', async () => {
  const file = await encode(smoothImage(300, 300)).toColourspace('cmyk').jpeg().toBuffer()
  const stray = Buffer.concat([file.subarray(0, -2), Buffer.from([0, 0, 0]), file.subarray(-2)])
  assert.equal(difference(await decode(stray), await decode(file)), 0)
})

test('decodeImage() judges a picture by its own complaints, whatever others are decoded beside it', async () => {
  const file = await encode(noisyImage(300, 300)).jpeg().toBuffer()
  const tables = file.indexOf(Buffer.from([0xff, 0xc4]))
  const stray = Buffer.concat([file.subarray(0, tables), Buffer.from([0, 0, 0]), file.subarray(tables)])
  const cut = file.subarray(0, tables + 600)
  const outcomes = Array.from({ length: 80 }, (_, i) => decode(i % 4 === 0 ? stray : cut))
  const read = (await Promise.allSettled(outcomes)).map(({ status }) => status === 'fulfilled')
  assert.deepEqual(
    read,
    outcomes.map((_, i) => i % 4 === 0),
  )
})

test('decodeImage() refuses what is no image, naming the file, what it is and what to do', async () => {
  await assert.rejects(
    decodeImage(Buffer.from('<html>404</html>'), { name: 'a\nb.jpg' }),
    (error: UnreadableImage) => {
      assert.equal(error.code, 'image')
      assert.equal(
        error.message,
        'Cannot read "a\\nb.jpg" as an image: it holds a web page, not JPEG, PNG, WebP, GIF, AVIF or TIFF',
      )
      assert.match(error.hint ?? '', /fetch the file again/)
      return true
    },
  )
})

test('decodeImage() refuses files beyond the limits before decoding them', async () => {
  const file = await encode(smoothImage(900, 900)).png().toBuffer()
  await assert.rejects(decode(file, { limits: { bytes: 100 } }), /more than 0 MiB/)
  await assert.rejects(
    decode(file, { limits: { pixels: 900 * 900 - 1 } }),
    /900 x 900 pixels are more than 809999/,
  )
  await assert.rejects(decode(file, { limits: { memory: 1e6 } }), /900 x 900 pixels take \d+ MB of memory/)
})

test('decodeImage() counts the memory of formats that cannot be read in rows', async () => {
  const picture = smoothImage(1200, 1200)
  const limits = { memory: 5e6 }
  const options = { atLeast: 40, limits }
  assert.ok(await decode(await encode(picture).jpeg().toBuffer(), options))
  const whole = [encode(picture).jpeg({ progressive: true }), encode(picture).png({ progressive: true })]
  for (const file of [...whole, encode(picture).webp(), encode(picture).gif()]) {
    await assert.rejects(decode(await file.toBuffer(), options), /MB of memory/)
  }
})

test('decodeImage() never fails but with an UnreadableImage, whatever the bytes', async () => {
  const file = encode(smoothImage(40, 40))
  const random = randomOf(1, 'broken files')
  for (const format of ['jpeg', 'png', 'webp', 'gif', 'tiff'] as const) {
    const bytes = await file.clone().toFormat(format).toBuffer()
    for (let run = 0; run < 40; run++) {
      const broken = Buffer.from(bytes)
      for (let i = 0; i < 3; i++) broken[random.integer(broken.length)] = random.integer(256)
      await decode(broken).catch(error => assert.ok(error instanceof UnreadableImage, String(error)))
    }
  }
})

test('decodeImage() reads the real photographs', async context => {
  const folder = `${data}/photos`
  if (!needs(context, folder)) return
  for (const photo of ['cat_720p.jpg', 'owl.jpg', 'sunflower.png']) {
    assert.ok(existsSync(`${folder}/${photo}`))
    const { width, height, data: pixels } = await decode(readFileSync(`${folder}/${photo}`))
    const metadata = await sharp(`${folder}/${photo}`).metadata()
    assert.deepEqual([width, height, pixels.length], [metadata.width, metadata.height, width * height * 3])
  }
})
