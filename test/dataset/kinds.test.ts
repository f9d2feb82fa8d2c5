import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extensionOf, isHidden, kindOf, stemOf, withoutImageExtension } from '../../src/dataset/kinds.ts'

const kinds = {
  image: ['a.jpg', 'cats/A.JPEG', 'x.heic', 'f3a9c0', 'cats/cat.0', 'IMG.0001', 'a.b.png', 'ünïcode/猫.webp'],
  manifest: ['train.csv', 'a/b.TSV', 'metadata.jsonl', 'x.ndjson'],
  archive: ['train.zip', 'project.tm'],
  hidden: [
    '.DS_Store',
    'cats/._x.jpg',
    '.ipynb_checkpoints/a-checkpoint.jpg',
    '__MACOSX/cats/a.jpg',
    'cats/Thumbs.db',
    'cats/desktop.ini',
    '@eaDir/a.jpg',
  ],
  other: ['notes.txt', 'README', 'cats/LICENSE', 'a.svg', 'a.pdf', 'model.onnx', 'a.jpg.part'],
}

for (const [kind, paths] of Object.entries(kinds)) {
  test(`kindOf() tells ${kind} files`, () => {
    for (const path of paths) assert.equal(kindOf(path), kind, path)
  })
}

test('extensionOf() takes numbers and leading dots for part of the name', () => {
  assert.deepEqual(['a.JPG', 'a', '.jpg', 'cat.0', 'a.b/c', 'a.'].map(extensionOf), [
    'jpg',
    '',
    '',
    '',
    '',
    '',
  ])
})

test('stemOf() and withoutImageExtension() cut one extension only', () => {
  assert.deepEqual(['a/train.csv', 'x.tar.gz', 'cat.0'].map(stemOf), ['train', 'x.tar', 'cat.0'])
  assert.deepEqual(['a/b.jpg', 'a/b.v2', 'b.txt'].map(withoutImageExtension), ['a/b', 'a/b.v2', 'b.txt'])
})

test('isHidden() leaves relative steps alone', () => {
  assert.deepEqual(['.', '..', '.git', 'a'].map(isHidden), [false, false, true, false])
})
