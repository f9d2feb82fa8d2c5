import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { drawScene, type Scene, writeScenes } from '../../examples/scenes.ts'
import { readDataset } from '../../src/dataset/dataset.ts'
import { randomOf } from '../../src/util/random.ts'

/** Half of them with a cactus. */
function scenes(count: number): Scene[] {
  return Array.from({ length: count }, (_, i) =>
    drawScene(randomOf(5, 'test', i), { hasCactus: i % 2 === 1 }),
  )
}

function folderOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'graft-scenes-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The best accuracy of a classifier that compares one number with a threshold. */
function bestThreshold(values: readonly number[], labels: readonly boolean[]): number {
  const order = values.map((value, i) => ({ value, label: labels[i]! })).sort((a, b) => a.value - b.value)
  let right = labels.filter(Boolean).length
  let best = Math.max(right, labels.length - right)
  for (const { label } of order) {
    right += label ? -1 : 1
    best = Math.max(best, right, labels.length - right)
  }
  return best / labels.length
}

test('drawScene() gives the same bytes for the same seed, and others for another', () => {
  const [one, same, other] = [1, 1, 2].map(seed => drawScene(randomOf(seed, 'scene')))
  assert.deepEqual(one, same)
  assert.notDeepEqual(one!.data, other!.data)
})

test('drawScene() draws the size and the class that are asked for', () => {
  for (const hasCactus of [true, false]) {
    const scene = drawScene(randomOf(1, 'scene'), { size: 48, hasCactus })
    assert.deepEqual(
      [scene.width, scene.height, scene.data.length, scene.hasCactus],
      [48, 48, 48 * 48 * 3, hasCactus],
    )
  }
  const drawn = Array.from({ length: 40 }, (_, i) => drawScene(randomOf(1, i), { size: 8 }).hasCactus)
  assert.equal(new Set(drawn).size, 2)
})

test('drawScene() exposes its pictures: neither black nor white, and never flat', () => {
  for (const { data } of scenes(60)) {
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length
    const deviation = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length)
    assert.ok(mean > 40 && mean < 215, `mean ${mean}`)
    assert.ok(deviation > 5, `deviation ${deviation}`)
  }
})

test('drawScene() leaves no brightness, contrast or greenness that tells the classes apart', () => {
  const drawn = scenes(300)
  const labels = drawn.map(scene => scene.hasCactus)
  const pixels = (scene: Scene, count: (red: number, green: number, blue: number) => number): number => {
    let sum = 0
    for (let i = 0; i < scene.data.length; i += 3)
      sum += count(scene.data[i]!, scene.data[i + 1]!, scene.data[i + 2]!)
    return sum
  }
  const brightness = drawn.map(scene => pixels(scene, (red, green, blue) => red + green + blue))
  const squares = drawn.map(scene => pixels(scene, (red, green, blue) => (red + green + blue) ** 2))
  const contrast = squares.map((square, i) => square / 4096 - (brightness[i]! / 4096) ** 2)
  const greenness = drawn.map(scene => pixels(scene, (red, green) => (green > red + 8 ? 1 : 0)))
  // Chance is 0.5; a linear classifier on MobileNetV2's features reaches about 0.89 from 1,500 pictures.
  assert.ok(bestThreshold(brightness, labels) < 0.65)
  assert.ok(bestThreshold(contrast, labels) < 0.8)
  assert.ok(bestThreshold(greenness, labels) < 0.85)
})

test('writeScenes() writes a dataset of two classes that grows without changing', async context => {
  const [small, large] = [folderOf(context), folderOf(context)]
  assert.deepEqual(await writeScenes(small, 9, 3), { classNames: ['cactus', 'no-cactus'], count: 9 })
  await writeScenes(large, 12, 3)
  const dataset = await readDataset(small)
  assert.deepEqual(dataset.classNames, ['cactus', 'no-cactus'])
  assert.deepEqual(
    ['cactus', 'no-cactus'].map(name => readdirSync(join(small, name)).length),
    [4, 5],
  )
  for (const { id } of dataset.examples) {
    const bytes = readFileSync(join(small, id))
    assert.deepEqual([...bytes.subarray(0, 2)], [0xff, 0xd8])
    assert.deepEqual(bytes, readFileSync(join(large, id)))
  }
})
