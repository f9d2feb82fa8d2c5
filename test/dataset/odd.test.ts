/** What is told of datasets that may not be meant as they are read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDataset } from '../../src/dataset/dataset.ts'
import { madeFolder, pathsOnly } from './made.ts'
import { isDataError } from './refusal.ts'

const images = pathsOnly('a.jpg', 'b.jpg', 'c.jpg', 'd.jpg')

test('readDataset() takes a table that lies around the folder where the images begin', async context => {
  const files = pathsOnly('images/one/a.jpg', 'images/one/b.jpg', 'images/two/c.jpg')
  const table = 'id,label\none/a.jpg,ant\none/b.jpg,bee\ntwo/c.jpg,ant\n'
  const { classNames, examples } = await readDataset(madeFolder(context, { ...files, 'labels.csv': table }))
  assert.deepEqual(classNames, ['ant', 'bee'])
  assert.deepEqual(
    examples.map(({ label }) => label),
    [0, 1, 0],
  )
  const inner = { ...files, 'labels.csv': table, 'images/labels.csv': table.replaceAll('bee', 'wasp') }
  assert.deepEqual((await readDataset(madeFolder(context, inner))).classNames, ['ant', 'wasp'])
  for (const other of [
    'code,meaning\n1,ant\n2,bee\n',
    'id,quality\none/a.jpg,good\none/b.jpg,bad\ntwo/c.jpg,good\n',
    'id,label\none/a.jpg,ant\none/b.jpg,bee\n',
  ]) {
    const made = madeFolder(context, { ...files, 'labels.csv': other })
    assert.deepEqual((await readDataset(made)).classNames, ['one', 'two'], other)
  }
  const splits = pathsOnly('data/train/x/a.jpg', 'data/train/y/b.jpg', 'data/test/x/c.jpg')
  const all = 'id,label\ntrain/x/a.jpg,x\ntrain/y/b.jpg,y\ntest/x/c.jpg,x\n'
  const { format } = await readDataset(madeFolder(context, { ...splits, 'train.csv': all }))
  assert.equal(format, 'split-folders')
})

test('readDataset() refuses one wrong word among the splits, and counts rows without one', async context => {
  const table = (...words: readonly string[]): string =>
    `id,label,split\n${words.map((word, at) => `${'abcd'[at]}.jpg,${'xy'[at % 2]},${word}`).join('\n')}\n`
  const read = (...words: string[]) =>
    readDataset(madeFolder(context, { ...images, 'labels.csv': table(...words) }))
  await assert.rejects(
    read('train', 'train', 'val', 'tset'),
    isDataError(
      /column "split" holds "tset"; wanted train, validation or test$/,
      'mend the value, or rename the column if it is about something else',
    ),
  )
  const { examples, notes } = await read('train', '', 'val', '')
  assert.deepEqual(
    examples.map(({ split }) => split),
    ['train', null, 'validation', null],
  )
  assert.ok(notes.includes('2 rows of "labels.csv" with no "split": trained on'), notes.join('\n'))
  const table3 = {
    ...pathsOnly('x/a.jpg', 'y/b.jpg', 'x/c.jpg', 'y/d.jpg'),
    'labels.csv': table('train', 'train', 'train', 'tset'),
  }
  await assert.rejects(readDataset(madeFolder(context, table3)), isDataError(/holds "tset"/))
  const vehicles = 'id,set\na,train\nb,car\nc,bus\nd,train\n'
  const three = await readDataset(madeFolder(context, { ...images, 'labels.csv': vehicles }))
  assert.deepEqual(three.classNames, ['bus', 'car', 'train'])
  const two = 'id,label,subset,fold\na,x,train,train\nb,y,train,val\nc,x,plane,train\nd,y,train,val\n'
  const folded = await readDataset(madeFolder(context, { ...images, 'labels.csv': two }))
  assert.deepEqual(
    folded.examples.map(({ split }) => split),
    ['train', 'validation', 'train', 'validation'],
  )
  const unused = await read('north', 'south', 'north', 'south')
  assert.ok(unused.examples.every(({ split }) => split === null))
})

test('readDataset() says so where a class is called as a split, and holds classes itself', async context => {
  const files = pathsOnly('train/ants/1.jpg', 'train/bees/1.jpg', 'extra/ants/2.jpg')
  const { classNames, notes } = await readDataset(madeFolder(context, files))
  assert.deepEqual(classNames, ['extra', 'train'])
  const note = 'Took the folder "train" for a class, though it holds "ants" and "bees"'
  assert.ok(
    notes.some(one => one.startsWith(note)),
    notes.join('\n'),
  )
})

test('readDataset() says which class names may not be meant', async context => {
  const rows = ['NaN', 'Ant', 'ant', ' "bee"'].map((label, at) => `${'abcd'[at]}.jpg,${label}`)
  const table = `id,label\n${rows.join('\n')}\n`
  const { notes } = await readDataset(madeFolder(context, { ...images, 'labels.csv': table }))
  for (const note of [
    'The class "NaN" reads like a missing label: where it is, leave the cell empty',
    'The classes "Ant" and "ant" differ only by case',
  ])
    assert.ok(notes.includes(note), notes.join('\n'))
  assert.ok(
    notes.some(note => note.includes('has its quotes in its name')),
    notes.join('\n'),
  )
})
