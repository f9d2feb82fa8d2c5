import assert from 'node:assert/strict'
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { readDataset, readImages } from '../../src/dataset/dataset.ts'
import { readSourceSync } from '../../src/dataset/source.ts'
import type { Dataset } from '../../src/dataset/types.ts'
import { type Files, madeFolder, pathsOnly, zipOf } from './made.ts'
import { isDataError } from './refusal.ts'

const read = (context: TestContext, files: Files) => readDataset(madeFolder(context, files))

/** `id = class / split` for each example. */
function claims({ classNames, examples }: Dataset): string[] {
  return examples.map(({ id, label, split }) =>
    [id, label === null ? '?' : classNames[label], split ?? '-'].join(' = '),
  )
}

test('readDataset() takes folders for classes, whatever lies deeper', async context => {
  const dataset = await read(
    context,
    pathsOnly('dogs/a.jpg', 'cats/b.png', 'cats/tabby/old/c.webp', 'dogs/noextension'),
  )
  assert.equal(dataset.format, 'class-folders')
  assert.deepEqual(dataset.classNames, ['cats', 'dogs'])
  assert.deepEqual(claims(dataset), [
    'cats/b.png = cats = -',
    'cats/tabby/old/c.webp = cats = -',
    'dogs/a.jpg = dogs = -',
    'dogs/noextension = dogs = -',
  ])
  assert.deepEqual(dataset.notes, [])
})

for (const [train, validation, test_] of [
  ['train', 'val', 'test'],
  ['Training', 'valid', 'Test'],
  ['train', 'validation', 'testing'],
]) {
  test(`readDataset() takes ${train}, ${validation} and ${test_} for splits`, async context => {
    const dataset = await read(
      context,
      pathsOnly(`${train}/a/1.jpg`, `${train}/b/2.jpg`, `${validation}/a/3.jpg`, `${test_}/b/4.jpg`),
    )
    assert.equal(dataset.format, 'split-folders')
    assert.deepEqual(dataset.classNames, ['a', 'b'])
    const splits = Object.fromEntries(dataset.examples.map(({ id, split }) => [id, split]))
    assert.deepEqual(splits, {
      [`${train}/a/1.jpg`]: 'train',
      [`${train}/b/2.jpg`]: 'train',
      [`${validation}/a/3.jpg`]: 'validation',
      [`${test_}/b/4.jpg`]: 'test',
    })
  })
}

for (const [train, validation, test_] of [
  ['seg_train/seg_train', 'seg_val/seg_val', 'seg_test/seg_test'],
  ['training_set/training_set', 'val_set', 'test_set'],
  ['train-images', 'valid-images', 'test-images'],
  ['train/train', 'val', 'test'],
]) {
  test(`readDataset() takes ${train}, ${validation} and ${test_} for splits of the classes in them`, async context => {
    const paths = [`${train}/a/1.jpg`, `${train}/b/2.jpg`, `${validation}/a/3.jpg`, `${test_}/b/4.jpg`]
    const dataset = await read(context, pathsOnly(...paths, 'seg_pred/seg_pred/5.jpg'))
    assert.equal(dataset.format, 'split-folders')
    assert.deepEqual(
      claims(dataset),
      [
        [paths[0], 'a = train'],
        [paths[1], 'b = train'],
        [paths[2], 'a = validation'],
        [paths[3], 'b = test'],
      ]
        .map(parts => parts.join(' = '))
        .sort(),
    )
    assert.deepEqual(dataset.notes.slice(-1), ['Left out 1 image outside the class folders of the splits'])
  })
}

test('readDataset() says so where all class folders hold the same folders', async context => {
  const paths = ['fold1/a/1.jpg', 'fold1/b/2.jpg', 'fold2/a/3.jpg', 'fold2/b/4.jpg']
  const { classNames, notes } = await read(context, pathsOnly(...paths))
  assert.deepEqual(classNames, ['fold1', 'fold2'])
  assert.deepEqual(notes, [
    'Each of "fold1" and "fold2" holds "a" and "b": where these are the classes, give one of those folders instead',
  ])
  assert.deepEqual((await read(context, pathsOnly(...paths, 'fold2/c/5.jpg'))).notes, [])
})

test('readDataset() takes no class for a split whose name only holds the word', async context => {
  for (const paths of [
    ['train_station/1.jpg', 'test_tube/2.jpg'],
    ['train_station/old/1.jpg', 'test_tube/glass/2.jpg'],
    ['train_station/old/1.jpg', 'bus_stop/old/2.jpg'],
    ['first_train/old/1.jpg', 'last_train/old/2.jpg'],
  ]) {
    const { format } = await read(context, pathsOnly(...paths))
    assert.equal(format, 'class-folders', paths.join(' '))
  }
})

test('readDataset() lets a class be called train', async context => {
  const dataset = await read(context, pathsOnly('train/1.jpg', 'train/fast/2.jpg', 'bus/1.jpg', 'car/1.jpg'))
  assert.equal(dataset.format, 'class-folders')
  assert.deepEqual(dataset.classNames, ['bus', 'car', 'train'])
  const nested = await read(context, pathsOnly('train/fast/1.jpg', 'train/slow/2.jpg', 'bus/1.jpg'))
  assert.deepEqual(nested.classNames, ['bus', 'train'])
})

test('readDataset() leaves out a test folder without classes, and says so', async context => {
  const dataset = await read(
    context,
    pathsOnly('train/a/1.jpg', 'train/b/2.jpg', 'test/3.jpg', 'extra/4.jpg'),
  )
  assert.deepEqual(claims(dataset), ['train/a/1.jpg = a = train', 'train/b/2.jpg = b = train'])
  assert.deepEqual(dataset.notes, ['Left out 2 images outside the class folders of the splits'])
})

test('readDataset() ignores outer folders that hold a single folder', async context => {
  const dataset = await read(context, pathsOnly('download/photos/a/1.jpg', 'download/photos/b/2.jpg'))
  assert.deepEqual(claims(dataset), ['download/photos/a/1.jpg = a = -', 'download/photos/b/2.jpg = b = -'])
  assert.deepEqual(dataset.notes, ['Took the folders below "download/photos" for the dataset: "a" and "b"'])
})

test('readDataset() skips junk with one sentence', async context => {
  const dataset = await read(
    context,
    pathsOnly(
      'cats/a.jpg',
      'cats/._a.jpg',
      'cats/Thumbs.db',
      'cats/notes.txt',
      'dogs/b.jpg',
      'dogs/b.xcf',
      '.ipynb_checkpoints/a-checkpoint.jpg',
      '__MACOSX/cats/._a.jpg',
      '.git/objects/aa/bb',
      'README',
    ),
  )
  assert.deepEqual(dataset.classNames, ['cats', 'dogs'])
  assert.deepEqual(dataset.notes, [
    'Skipped 3 files that are no images, "README", "cats/notes.txt" and "dogs/b.xcf"; 5 hidden or system files and folders',
  ])
})

test('readDataset() says which images lie outside the classes', async context => {
  const dataset = await read(context, pathsOnly('cover.jpg', 'a/1.jpg', 'b/2.jpg'))
  assert.deepEqual(dataset.notes, ['Left out 1 image outside the class folders'])
})

test('readDataset() keeps an empty folder as a class without examples, but not a folder of other files', async context => {
  const flat = await read(context, {
    ...pathsOnly('a/1.jpg', 'b/2.jpg', 'docs/x.txt', 'a/deeper/3.jpg'),
    'c/': '',
  })
  assert.deepEqual(flat.classNames, ['a', 'b', 'c'])
  const split = await read(context, {
    ...pathsOnly('train/a/1.jpg', 'val/b/1.jpg'),
    'train/c/': '',
    'test/': '',
  })
  assert.deepEqual(split.classNames, ['a', 'b', 'c'])
})

test('readDataset() finds images without labels', async context => {
  const loose = await read(context, pathsOnly('a.jpg', 'deeper/b.jpg'))
  assert.equal(loose.format, 'unlabelled')
  assert.deepEqual(claims(loose), ['a.jpg = ? = -', 'deeper/b.jpg = ? = -'])
  const kaggle = await read(context, pathsOnly('train/a.jpg', 'test/b.jpg'))
  assert.equal(kaggle.format, 'unlabelled')
})

test('readDataset() keeps names of any case and script apart or together as they are', async context => {
  const odd = [
    'Cat/A.JPG',
    'Cat/a.jpg',
    'cat/b.jpg',
    'mü\u0308ller/x.jpg',
    'line\nbreak/tab\t"quote".jpg',
    '猫/🐈.png',
  ]
  const dataset = await read(context, pathsOnly(...odd, 'e\u0301/1.jpg', '\u00e9/2.jpg'))
  assert.equal(dataset.examples.length, 8)
  // The same letters, composed or not, are one class; ids stay as the disk has them.
  assert.equal(dataset.classNames.filter(name => name === '\u00e9').length, 1)
  assert.ok(dataset.examples.some(({ id }) => id === 'e\u0301/1.jpg'))
  assert.ok(dataset.notes.includes('The classes "Cat" and "cat" differ only by case'))
  for (const { id, source } of dataset.examples)
    assert.equal(Buffer.from(readSourceSync(source)).toString(), id)
})

test('readDataset() follows links, and ends where they go in circles', {
  skip: process.platform === 'win32',
}, async context => {
  const root = madeFolder(context, pathsOnly('a/1.jpg', 'b/2.jpg'))
  const elsewhere = madeFolder(context, pathsOnly('3.jpg', 'deep/4.jpg'))
  symlinkSync(elsewhere, join(root, 'c'))
  symlinkSync(join(elsewhere, '3.jpg'), join(root, 'b', 'linked.jpg'))
  symlinkSync(root, join(root, 'a', 'self'))
  symlinkSync(root, join(elsewhere, 'back'))
  symlinkSync(join(root, 'a'), join(root, 'copy of a'))
  symlinkSync(join(root, 'nowhere'), join(root, 'b', 'broken.jpg'))
  const dataset = await readDataset(root)
  assert.deepEqual(claims(dataset), [
    'a/1.jpg = a = -',
    'b/2.jpg = b = -',
    'b/linked.jpg = b = -',
    'c/3.jpg = c = -',
    'c/deep/4.jpg = c = -',
  ])
  assert.deepEqual(dataset.notes, [
    'Skipped 4 links to nothing, or to a folder that is already read: "a/self", "b/broken.jpg", "copy of a" and 1 more',
  ])
})

test('readDataset() reads each folder once, though a link leads above it', {
  skip: process.platform === 'win32',
}, async context => {
  const root = madeFolder(context, pathsOnly('in/a/1.jpg', 'in/b/2.jpg', 'out/3.jpg'))
  symlinkSync(root, join(root, 'in', 'up'))
  assert.deepEqual(claims(await readDataset(join(root, 'in'))), [
    'a/1.jpg = a = -',
    'b/2.jpg = b = -',
    'up/out/3.jpg = up = -',
  ])
})

test('readDataset() ends when many folders link to all others', {
  skip: process.platform === 'win32',
}, async context => {
  const root = madeFolder(context)
  const names = Array.from({ length: 12 }, (_, i) => `class ${i}`)
  for (const name of names) {
    mkdirSync(join(root, name))
    writeFileSync(join(root, name, 'a.jpg'), name)
    for (const other of names) symlinkSync(join(root, other), join(root, name, `to ${other}`))
  }
  const dataset = await readDataset(root)
  assert.equal(dataset.examples.length, 12)
})

test('readDataset() gives a zip and the folder it unpacks to the same ids and labels', async context => {
  const files = pathsOnly('train/a/1.jpg', 'train/b/2.jpg', 'val/a/3.jpg', 'notes.txt')
  const folder = await read(context, files)
  const root = madeFolder(context, {
    'photos.zip': zipOf({ ...files, '__MACOSX/._x': '' }, 'photos/'),
    'flat.zip': zipOf(files),
  })
  for (const name of ['photos.zip', 'flat.zip']) {
    const archive = await readDataset(join(root, name))
    assert.deepEqual(claims(archive), claims(folder))
    assert.equal(archive.format, 'split-folders')
    for (const { source } of archive.examples) readSourceSync(source)
  }
})

test('readDataset() knows an archive by its content', async context => {
  const root = madeFolder(context, { download: zipOf(pathsOnly('a/1.jpg', 'b/2.jpg')) })
  assert.deepEqual((await readDataset(join(root, 'download'))).classNames, ['a', 'b'])
})

test('readDataset() takes archives side by side for folders, and leaves them closed beside images', async context => {
  const root = madeFolder(context, {
    'cats.zip': zipOf(pathsOnly('1.jpg')),
    'dogs.zip': zipOf(pathsOnly('dogs/2.jpg')),
  })
  const closed = await readDataset(root)
  assert.deepEqual(claims(closed), ['cats/1.jpg = cats = -', 'dogs/2.jpg = dogs = -'])
  mkdirSync(join(root, 'birds'))
  mkdirSync(join(root, 'fish'))
  writeFileSync(join(root, 'birds', 'b.jpg'), '')
  renameSync(join(root, 'dogs.zip'), join(root, 'fish', 'dogs.zip'))
  writeFileSync(join(root, 'fish', 'f.jpg'), '')
  const open = await readDataset(root)
  assert.deepEqual(open.classNames, ['birds', 'fish'])
  assert.deepEqual(open.notes, ['Left "cats.zip" closed: the folder holds images itself'])
})

test('readDataset() refuses what holds no image', async context => {
  const root = madeFolder(context, {
    'empty/': '',
    'other/notes.txt': 'x',
    'nested.zip': zipOf({ 'train.zip': 'x', 'train.csv': 'id,label' }),
    'file.tar.gz': 'x',
    'photo.jpg': 'x',
    'page.zip': '<html>',
  })
  await assert.rejects(
    readDataset(join(root, 'nowhere')),
    isDataError(/nowhere": there is no such file or folder$/),
  )
  await assert.rejects(
    readDataset(join(root, 'empty')),
    isDataError(/there is no image in it \(it is empty\)$/),
  )
  await assert.rejects(
    readDataset(join(root, 'other')),
    isDataError(/no image in it \(Skipped 1 file that is no image, "notes.txt"\)$/),
  )
  await assert.rejects(
    readDataset(join(root, 'nested.zip')),
    isDataError(/no image but more archives: "train.zip"$/, 'unpack it and give the folder'),
  )
  await assert.rejects(
    readDataset(join(root, 'file.tar.gz')),
    isDataError(/wanted a folder, a zip archive/, 'unpack it and give the folder'),
  )
  await assert.rejects(readDataset(join(root, 'photo.jpg')), isDataError(/wanted a folder, a zip archive/))
  await assert.rejects(
    readDataset(join(root, 'page.zip')),
    isDataError(/it is no zip archive, or its end is missing$/),
  )
})

test('readDataset() orders classes as asked', async context => {
  const root = madeFolder(context, pathsOnly('a/1.jpg', 'b/2.jpg'))
  const dataset = await readDataset(root, { classNames: ['b', 'a', 'c'] })
  assert.deepEqual(dataset.classNames, ['b', 'a', 'c'])
  assert.deepEqual(
    dataset.examples.map(({ label }) => label),
    [1, 0],
  )
  await assert.rejects(
    readDataset(root, { classNames: ['a'] }),
    isDataError(/the given names "a" leave out: "b"$/),
  )
  await assert.rejects(readDataset(root, { classNames: ['a', 'b', 'a'] }), /"a" is empty or named twice/)
})

test('readImages() lists files, folders and archives without regard to classes', async context => {
  const root = madeFolder(context, {
    ...pathsOnly('in/a/1.jpg', 'in/2.jpg', 'labels.csv', 'odd.txt'),
    'b.zip': zipOf(pathsOnly('3.jpg')),
  })
  const below = await readImages([join(root, 'in')])
  assert.deepEqual([below.format, below.classNames], ['unlabelled', []])
  assert.deepEqual(claims(below), ['2.jpg = ? = -', 'a/1.jpg = ? = -'])
  const paths = ['in', 'b.zip', 'odd.txt', 'odd.txt'].map(name => join(root, name))
  const several = await readImages(paths)
  assert.deepEqual(
    several.examples.map(({ id }) => id),
    ['in/2.jpg', 'in/a/1.jpg', 'b.zip/3.jpg', 'odd.txt'].map(id => join(root, id)),
  )
  await assert.rejects(readImages([join(root, 'labels.csv')]), isDataError(/it is no image$/))
})

test('readImages() lists as missing what is among others and is absent or no image', async context => {
  const root = madeFolder(context, { ...pathsOnly('1.jpg', 'labels.csv'), 'empty.zip': zipOf({}) })
  const [image, labels, empty] = ['1.jpg', 'labels.csv', 'empty.zip'].map(name => join(root, name))
  const absent = join(root, 'absent.jpg')
  const { examples, missing } = await readImages([labels!, image!, empty!, absent])
  assert.deepEqual(
    examples.map(({ id }) => id),
    [image],
  )
  assert.deepEqual(missing, [
    { id: labels, reason: 'it is no image' },
    { id: empty, reason: 'there is no image in it (it is empty)' },
    { id: absent, reason: 'there is no such file or folder' },
  ])
  await assert.rejects(readImages([labels!, empty!]), isDataError(/it is no image$/))
  await assert.rejects(readImages([absent]), isDataError(/no such file or folder$/))
})
