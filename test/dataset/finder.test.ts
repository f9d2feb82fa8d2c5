import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { commonFolderOf, finderOf, indexImages } from '../../src/dataset/finder.ts'
import type { TreeFile } from '../../src/dataset/tree.ts'

const files = (...paths: string[]): TreeFile[] =>
  paths.map(path => ({ path, source: { type: 'file', path } }))
const find = (paths: string[], id: string, near = [''], common = ''): string[] =>
  finderOf(indexImages(files(...paths)), near, common)(id).map(file => file.path)

test('finderOf() prefers the id as written, then without extension, then without case', () => {
  assert.deepEqual(find(['a', 'a.jpg', 'A.jpg'], 'a'), ['a'])
  assert.deepEqual(find(['A.jpg', 'a.png'], 'a'), ['a.png'])
  assert.deepEqual(find(['b/A.JPG'], 'a'), ['b/A.JPG'])
  assert.deepEqual(find(['b/a.jpg'], 'B/A.JPG'), ['b/a.jpg'])
})

test('finderOf() looks in the near folders first, else anywhere', () => {
  assert.deepEqual(find(['x/1.jpg', 'y/1.jpg'], '1.jpg', ['y', '']), ['y/1.jpg'])
  assert.deepEqual(find(['x/1.jpg', 'y/1.jpg'], '1.jpg'), ['x/1.jpg', 'y/1.jpg'])
  assert.deepEqual(find(['x/z/1.jpg', 'y/1.jpg'], 'z/1.jpg'), ['x/z/1.jpg'])
})

test('finderOf() finds nothing for an empty id or another extension', () => {
  assert.deepEqual(find(['a.jpg'], ''), [])
  assert.deepEqual(find(['a.jpg'], ' '), [])
  assert.deepEqual(find(['a.jpg'], 'a.png'), [])
})

test('finderOf() ignores folders that all ids share, and no others', () => {
  assert.deepEqual(find(['cats/1.jpg'], '/data/pets/cats/1.jpg', [''], 'data/pets'), ['cats/1.jpg'])
  assert.deepEqual(find(['cats/1.jpg'], '/data/pets/dogs/1.jpg', [''], 'data/pets'), [])
})

test('finderOf() finds each of many paths by the whole of it', () => {
  const part = fc.stringMatching(/^[ab]{1,2}$/)
  const path = fc.array(part, { minLength: 1, maxLength: 3 }).map(parts => `${parts.join('/')}.jpg`)
  fc.assert(
    fc.property(fc.uniqueArray(path, { minLength: 1 }), paths => {
      for (const id of paths) assert.deepEqual(find(paths, id), [id])
    }),
  )
})

test('commonFolderOf() is the longest folder that all ids are in', () => {
  assert.equal(commonFolderOf(['a/b/1.jpg', 'a/b/c/2.jpg', 'a/b/3.jpg']), 'a/b')
  assert.equal(commonFolderOf(['C:\\a\\1.jpg', 'C:\\a\\b\\2.jpg']), 'C:/a')
  assert.equal(commonFolderOf(['a/1.jpg', 'ab/1.jpg']), '')
  assert.equal(commonFolderOf(['1.jpg']), '')
  assert.equal(commonFolderOf([]), '')
})
