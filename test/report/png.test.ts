/** Charts as PNG. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import { chartPng } from '../../src/report/png.ts'
import { trainingCurves } from '../../src/report/training-curves.ts'
import { tutorialRun } from './records.ts'

test('chartPng() is an opaque picture of twice the size, with both colours and dark letters on white', async () => {
  const { svg } = trainingCurves(tutorialRun(3, 3), { title: 'cactus' })
  const { data, info } = await sharp(await chartPng(svg))
    .flatten({ background: '#f0f' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const [, width, height] = svg.match(/viewBox="0 0 (\d+) (\d+)"/)!.map(Number)
  assert.deepEqual([info.width, info.height], [2 * width!, 2 * height!])
  const colours = new Map<string, number>()
  for (let i = 0; i < data.length; i += info.channels) {
    const colour = data.subarray(i, i + 3).toString('hex')
    colours.set(colour, (colours.get(colour) ?? 0) + 1)
  }
  assert.equal([...colours].sort((a, b) => b[1] - a[1])[0]?.[0], 'ffffff')
  assert.equal(colours.has('ff00ff'), false)
  const near = (wanted: string): boolean =>
    [...colours.keys()].some(colour => [0, 2, 4].every(i => Math.abs(byte(colour, i) - byte(wanted, i)) < 6))
  for (const ink of ['0072b2', 'd55e00', '1f2328']) assert.ok(near(ink), ink)
})

const byte = (colour: string, at: number): number => Number.parseInt(colour.slice(at, at + 2), 16)
