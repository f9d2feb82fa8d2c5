/** A browser's pixels against those of Node's decoders, in Chromium. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { decodeImage } from '../../src/pipeline/decode.ts'
import type { Image, Preprocessing } from '../../src/pipeline/types.ts'
import { openBrowser, openPage } from '../page/browser.ts'
import { difference, encode, noisyImage, smoothImage } from '../pipeline/pictures.ts'
import { type StaticServer, serveFolders } from './static-server.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-pixels-'))
let server: StaticServer
before(async () => {
  const entry = fileURLToPath(new URL('../../src/web/pixels.js', import.meta.url))
  await build({ entryPoints: [entry], outfile: join(root, 'pixels.js'), bundle: true, format: 'esm' })
  writeFileSync(
    join(root, 'index.html'),
    '<!doctype html><link rel="icon" href="data:,"><title>pixels</title>',
  )
  server = await serveFolders([root])
})
after(async () => {
  await server.close()
  rmSync(root, { recursive: true })
})

const preprocessing: Preprocessing = { size: 32, fit: 'squash', background: [200, 100, 50] }

/** What a browser makes of an image file, given as `expression` makes it of the bytes in `file`. */
async function pixelsIn(page: Page, bytes: Uint8Array, expression = 'file'): Promise<Image> {
  const base64 = Buffer.from(bytes).toString('base64')
  const { width, height, data } = await page.evaluate<{ width: number; height: number; data: number[] }>(
    `(async () => {
      const { pixelsOf } = await import('./pixels.js')
      const file = Uint8Array.from(atob('${base64}'), letter => letter.charCodeAt(0))
      const { width, height, data } = await pixelsOf(${expression}, ${JSON.stringify(preprocessing)})
      return { width, height, data: Array.from(data) }
    })()`,
  )
  return { width, height, data: Uint8Array.from(data) }
}

const inNode = (bytes: Uint8Array): Promise<Image> =>
  decodeImage(bytes, { name: 'picture', background: preprocessing.background })

/** Decoders of one standard may round differently; a level of 255 is that. */
const rounding = 1
/** Two programs that convert between colour profiles agree to this many levels. */
const profileRounding = 3

const transparent = Uint8Array.from({ length: 40 * 30 * 4 }, (_, i) => (i * 7) & 255)
const files: readonly [name: string, bytes: () => Promise<Uint8Array>, most: number][] = [
  ['a JPEG', () => encode(smoothImage(50, 30)).jpeg({ quality: 90 }).toBuffer(), rounding],
  [
    'a JPEG of noise, colour at half width',
    () => encode(noisyImage(51, 31)).jpeg({ quality: 90 }).toBuffer(),
    rounding,
  ],
  ['a progressive JPEG', () => encode(smoothImage(50, 30)).jpeg({ progressive: true }).toBuffer(), rounding],
  ['a gray JPEG', () => encode(smoothImage(50, 30)).grayscale().jpeg().toBuffer(), rounding],
  ['a PNG', () => encode(noisyImage(50, 30)).png().toBuffer(), 0],
  ['a PNG of 16 bits', () => encode(smoothImage(50, 30)).toColourspace('rgb16').png().toBuffer(), rounding],
  [
    'a PNG of few colours',
    () => encode(smoothImage(50, 30)).png({ palette: true, colours: 16 }).toBuffer(),
    0,
  ],
  [
    'a PNG with transparency',
    () =>
      sharp(transparent, { raw: { width: 40, height: 30, channels: 4 } })
        .png()
        .toBuffer(),
    rounding,
  ],
  ['a GIF', () => encode(smoothImage(50, 30)).gif().toBuffer(), 0],
  ['a WebP without loss', () => encode(noisyImage(50, 30)).webp({ lossless: true }).toBuffer(), 0],
  [
    'a JPEG with a colour profile',
    () => encode(smoothImage(50, 30)).withIccProfile('p3').jpeg({ quality: 95 }).toBuffer(),
    profileRounding,
  ],
  ...[1, 2, 3, 4, 5, 6, 7, 8].map(
    orientation =>
      [
        `a JPEG of Exif orientation ${orientation}`,
        () => encode(smoothImage(50, 30)).withMetadata({ orientation }).jpeg().toBuffer(),
        rounding,
      ] as [string, () => Promise<Uint8Array>, number],
  ),
]

test('pixelsOf() gives the pixels of Node for every format and orientation', async context => {
  const browser = await openBrowser(context)
  if (!browser) return
  const { page } = await openPage(browser, server.url)
  for (const [name, make, most] of files) {
    const bytes = await make()
    const found = difference(await inNode(bytes), await pixelsIn(page, bytes))
    context.diagnostic(`${name}: ${found}`)
    assert.ok(found <= most, `${name}: ${found} levels`)
  }
})

test('pixelsOf() gives the same pixels in whatever form a picture comes', async context => {
  const browser = await openBrowser(context)
  if (!browser) return
  const { page } = await openPage(browser, server.url)
  const bytes = await encode(noisyImage(20, 10)).png().toBuffer()
  const expected = await pixelsIn(page, bytes)
  const element = `(async () => {
    const image = new Image()
    image.src = URL.createObjectURL(new Blob([file]))
    await image.decode()
    return image
  })()`
  const drawn = `(bitmap => {
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
    const context = canvas.getContext('2d')
    context.drawImage(bitmap, 0, 0)
    return [canvas, context.getImageData(0, 0, bitmap.width, bitmap.height)]
  })(await createImageBitmap(new Blob([file])))`
  const forms = {
    ArrayBuffer: 'file.buffer',
    Blob: 'new Blob([file])',
    File: "new File([file], 'a.png')",
    ImageBitmap: 'await createImageBitmap(new Blob([file]))',
    HTMLImageElement: `await ${element}`,
    OffscreenCanvas: `${drawn}[0]`,
    ImageData: `${drawn}[1]`,
  }
  for (const [name, expression] of Object.entries(forms))
    assert.equal(difference(expected, await pixelsIn(page, bytes, expression)), 0, name)
})

test('pixelsOf() shrinks what is too large for a canvas, as Node shrinks photographs', async context => {
  const browser = await openBrowser(context)
  if (!browser) return
  const { page } = await openPage(browser, server.url)
  const bytes = await encode(smoothImage(5000, 4000)).jpeg().toBuffer()
  const found = await pixelsIn(page, bytes)
  assert.deepEqual([found.width, found.height], [2500, 2000])
})

test('pixelsOf() refuses what is no picture, broken, or a bomb, and names it', async context => {
  const browser = await openBrowser(context)
  if (!browser) return
  const { page } = await openPage(browser, server.url)
  const png = await encode(noisyImage(20, 10)).png().toBuffer()
  const jpeg = await encode(noisyImage(200, 100)).jpeg().toBuffer()
  const bomb = Buffer.from(png)
  bomb.writeUInt32BE(60_000, 16)
  bomb.writeUInt32BE(60_000, 20)
  const named = "new File([file], 'given.png')"
  const cases: [bytes: Uint8Array, said: RegExp][] = [
    [new Uint8Array(), /Cannot read "given.png" as an image: it is empty/],
    [Buffer.from('hello, world'), /it holds text/],
    [bomb, /60000 x 60000 pixels are more than/],
    [png.subarray(0, 40), /this browser cannot decode its PNG data/],
    [jpeg.subarray(0, jpeg.length >> 1), /this browser cannot decode its JPEG data/],
  ]
  for (const [bytes, said] of cases) await assert.rejects(pixelsIn(page, bytes, named), said)
  await assert.rejects(pixelsIn(page, png, '"words"'), /Expected bytes, a Blob, an image, a canvas or pixels/)
})
