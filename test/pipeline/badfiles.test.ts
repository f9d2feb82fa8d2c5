/** 839 files that break programs: none crashes or hangs decoding, and sharp's own verdict is kept but for the cases below. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { decodeImage } from '../../src/pipeline/decode.ts'
import type { Image } from '../../src/pipeline/types.ts'
import { UnreadableImage } from '../../src/pipeline/unreadable.ts'
import { data, needs, unpacked } from './pictures.ts'

/** What sharp, strict and without limits of ours, makes of a file; its size before rotation. */
interface Verdict {
  readonly ok: boolean
  readonly width: number | null
  readonly height: number | null
  readonly orientation: number | null
  readonly format?: string
}

/** Drawings are no photographs: SVG can name other files and has no pixels of its own. */
const drawings = /\.svg(z|\.gz)?$|svg_named/
/** It would hold more than the 800 MB that one file may. */
const tooLarge = ['generated/bombs/webp_lossless_16383x16383.webp']
/** Read, where sharp's strict mode refuses: stray bytes between segments leave every pixel as it was. */
const strayBytes = [
  '28c74d9284d9836017fd519f6932efd8',
  '4838ece0d3900220d33528ee027289bc',
  '5482a54657765056f1a94116a8dbffe7',
  'a7326ba8f3f4559991126474dd30083d',
].map(name => `imagetestsuite/jpg/${name}.jpg`)

const side = 96
const secondsEach = 10
const mostMemory = 1e9

function expectedToRead(path: string, { ok }: Verdict): boolean {
  if (drawings.test(path) || tooLarge.includes(path)) return false
  return ok || strayBytes.includes(path)
}

/** The size is sharp's, turned upright and divided by what decoding may shrink by; AVIF's is upright already. */
function checkSize(path: string, { width, height, orientation, format }: Verdict, image: Image): void {
  const turned = (orientation ?? 1) >= 5 && format !== 'heif'
  const [w, h] = turned ? [height!, width!] : [width!, height!]
  const possible = [1, 2, 4, 8].map(by => `${Math.ceil(w / by)} x ${Math.ceil(h / by)}`)
  assert.ok(
    possible.includes(`${image.width} x ${image.height}`),
    `${path}: ${image.width} x ${image.height}`,
  )
}

test('decodeImage() survives every bad file and judges it as sharp does', async context => {
  const archive = `${data}/badfiles/badfiles.tar`
  if (!needs(context, archive)) return
  const verdicts: Readonly<Record<string, Verdict>> = JSON.parse(
    readFileSync(`${data}/badfiles/expected.json`, 'utf8'),
  )
  const folder = unpacked(context, archive)
  for (const [path, verdict] of Object.entries(verdicts)) {
    const started = performance.now()
    const result = await decodeImage(readFileSync(`${folder}/${path}`), { name: path, atLeast: side }).catch(
      (error: unknown) => error,
    )
    assert.ok(performance.now() - started < secondsEach * 1000, `${path} took too long`)
    if (result instanceof UnreadableImage) assert.ok(!expectedToRead(path, verdict), result.message)
    else {
      assert.ok(!(result instanceof Error), `${path}: ${result}`)
      assert.ok(expectedToRead(path, verdict), `${path} is read`)
      if (verdict.width !== null) checkSize(path, verdict, result as Image)
    }
  }
  assert.ok(process.resourceUsage().maxRSS * 1024 < mostMemory)
})
