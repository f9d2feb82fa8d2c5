import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireTrainable, splitNotes } from '../../src/dataset/check.ts'
import { readDataset } from '../../src/dataset/dataset.ts'
import { splitDataset } from '../../src/dataset/split.ts'
import type { Dataset } from '../../src/dataset/types.ts'
import type { UserError } from '../../src/util/errors.ts'
import { datasetOf } from './examples.ts'
import { madeFolder, pathsOnly } from './made.ts'
import { isDataError } from './refusal.ts'

const splitOf = (dataset: Dataset) => splitDataset(dataset, { validation: 0.25, seed: 1 })

test('requireTrainable() accepts two classes with a training example each', () => {
  const dataset = datasetOf([{ label: 0 }, { label: 1 }])
  requireTrainable(dataset, splitOf(dataset), 0.01)
  assert.deepEqual(splitNotes(dataset, splitOf(dataset)), ['No example is held out for validation'])
})

const refused = {
  'images without labels': [['a.jpg', 'b.jpg'], /: its 2 images have no labels$/],
  'one class': [['cats/a.jpg', 'cats/b.jpg'], /: there is one class, "cats"; wanted two or more$/],
  'a class without images': [
    ['cats/a.jpg', 'dogs/b.jpg', 'fish/'],
    /: the class "fish" has no training example$/,
  ],
  'classes that only validation has': [
    ['train/a/1.jpg', 'val/b/1.jpg', 'val/c/1.jpg'],
    /: the classes "b" and "c" have no training example$/,
  ],
} as const

for (const [what, [paths, message]] of Object.entries(refused)) {
  test(`requireTrainable() refuses ${what}`, async context => {
    const dataset = await readDataset(madeFolder(context, pathsOnly(...paths)))
    assert.throws(() => requireTrainable(dataset, splitOf(dataset), 0.01), isDataError(message))
  })
}

test('requireTrainable() says when the names of files may be the labels', async context => {
  const hintFor = async (...paths: string[]): Promise<string | undefined> => {
    const dataset = await readDataset(madeFolder(context, pathsOnly(...paths)))
    try {
      requireTrainable(dataset, splitOf(dataset), 0.01)
    } catch (error) {
      return (error as UserError).hint
    }
    return undefined
  }
  const names = ['cat.0.jpg', 'cat.1.jpg', 'dog.0.jpg', 'dog.1.jpg'] as const
  const hint = 'if the names say what the images show, "cat" and "dog", pass --labels names'
  assert.equal(await hintFor(...names), hint)
  assert.equal(await hintFor(...names.map(name => `images/${name}`)), hint)
  const folders = /^put the images of each class into a folder of its own/
  assert.match((await hintFor(...names, 'logo.png'))!, folders)
  assert.match((await hintFor('IMG_1.jpg', 'IMG_2.jpg'))!, folders)
})

test('requireTrainable() refuses a class whose images were all taken out', () => {
  const dataset = datasetOf([{ label: 0 }, { label: 0 }, { label: 1 }])
  const split = splitOf(dataset)
  const readable = { ...split, train: split.train.filter(({ label }) => label === 0) }
  assert.throws(
    () => requireTrainable(dataset, readable, 0.01),
    isDataError(/the class "class 1" has no training example$/),
  )
})

test('splitNotes() names classes that validation cannot judge', async context => {
  const root = madeFolder(context, pathsOnly('a/1.jpg', 'a/2.jpg', 'a/3.jpg', 'b/4.jpg'))
  const dataset = await readDataset(root)
  assert.deepEqual(splitNotes(dataset, splitOf(dataset)), ['No validation example for "b": too few images'])
})

test('requireTrainable() refuses more missing files than are tolerated', () => {
  const missing = [{ id: 'x.png', reason: 'there is no such file' }]
  const dataset = { ...datasetOf([{ label: 0 }, { label: 1 }]), missing }
  const message = /1 of the 3 rows of its labels give no example: "x.png" \(there is no such file\)$/
  assert.throws(() => requireTrainable(dataset, splitOf(dataset), 0.01), isDataError(message))
  requireTrainable(dataset, splitOf(dataset), 0.5)
})
