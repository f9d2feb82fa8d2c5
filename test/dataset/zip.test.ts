import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { readZipDirectory } from '../../src/dataset/zip.ts'
import { UserError } from '../../src/util/errors.ts'
import { madeFolder, madeZip, type ZipEntryOptions } from './made.ts'

const read = async (context: Parameters<typeof madeFolder>[0], bytes: Uint8Array) =>
  readZipDirectory(join(madeFolder(context, { 'a.zip': bytes }), 'a.zip'))
const refusal = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UserError)
  assert.equal(error.code, 'data')
  assert.match(error.message, message)
  return true
}

test('readZipDirectory() lists files and folders with what reading them needs', async context => {
  const entries = [
    { name: 'cats/', method: 0 },
    { name: 'cats/a.jpg', content: 'meow meow meow meow' },
  ]
  const { files, folders, unsafe } = await read(context, madeZip(entries))
  assert.deepEqual(folders, ['cats'])
  assert.deepEqual(unsafe, [])
  const [file] = files
  assert.equal(file!.path, 'cats/a.jpg')
  assert.deepEqual(
    { ...file!.source, archive: '' },
    {
      type: 'zip',
      archive: '',
      entry: 'cats/a.jpg',
      offset: 35, // behind the local header of "cats/": 30 bytes and its name
      compressedSize: file!.source.compressedSize,
      size: 19,
      method: 8,
      crc32: file!.source.crc32,
    },
  )
})

test('readZipDirectory() reads zip64 archives', async context => {
  const { files } = await read(context, madeZip([{ name: 'a.jpg', content: 'abc', zip64: true }], true))
  assert.equal(files[0]!.source.size, 3)
})

test('readZipDirectory() keeps the last of entries with one name, and names them', async context => {
  const { files, repeated } = await read(
    context,
    madeZip([
      { name: 'a.jpg', content: '1' },
      { name: 'a.jpg', content: '22' },
    ]),
  )
  assert.deepEqual(
    files.map(file => file.source.size),
    [2],
  )
  assert.deepEqual(repeated, ['a.jpg'])
})

test('readZipDirectory() reads names in UTF-8 with and without its flag, else in code page 437', async context => {
  const entries = [
    { name: 'ü/猫.jpg' },
    { name: 'é.jpg', flags: 0 },
    { name: Buffer.from([0x81, 0x2e, 0x6a, 0x70, 0x67]), flags: 0 },
    { name: 'dir\\b.jpg' },
    { name: './c//d.jpg' },
  ]
  const { files } = await read(context, madeZip(entries))
  assert.deepEqual(
    files.map(file => file.path),
    ['ü/猫.jpg', 'é.jpg', 'ü.jpg', 'dir/b.jpg', 'c/d.jpg'],
  )
})

test('readZipDirectory() sets aside names that lead outside, and links', async context => {
  const unsafe = ['../../etc/passwd', '/root/a.jpg', 'C:\\a.jpg', 'a/../../b.jpg']
  const entries: ZipEntryOptions[] = unsafe.map(name => ({ name }))
  const archive = madeZip([...entries, { name: 'link.jpg', unixMode: 0o120777 }, { name: 'ok.jpg' }])
  const directory = await read(context, archive)
  assert.deepEqual(
    directory.files.map(file => file.path),
    ['ok.jpg'],
  )
  assert.deepEqual(directory.unsafe, [
    '../../etc/passwd',
    '/root/a.jpg',
    'C:/a.jpg',
    'a/../../b.jpg',
    'link.jpg',
  ])
})

test('readZipDirectory() refuses an archive that is cut short', async context => {
  const whole = madeZip([{ name: 'a.jpg', content: 'abc' }])
  await assert.rejects(
    read(context, whole.subarray(0, -30)),
    refusal(/it is no zip archive, or its end is missing$/),
  )
  await assert.rejects(read(context, new Uint8Array()), refusal(/its end is missing$/))
})

test('readZipDirectory() refuses encryption', async context => {
  await assert.rejects(
    read(context, madeZip([{ name: 'a.jpg', content: 'abc', flags: 1 }])),
    refusal(/the archive is encrypted$/),
  )
  await assert.rejects(
    read(context, madeZip([{ name: 'a.jpg', content: 'abc', flags: 0x41 }])),
    refusal(/the archive is encrypted$/),
  )
})

test('readZipDirectory() refuses a damaged directory', async context => {
  const archive = madeZip([{ name: 'a.jpg', content: 'abc' }])
  archive.writeUInt32LE(5, archive.length - 6)
  await assert.rejects(read(context, archive), refusal(/its directory is damaged/))
})

test('readZipDirectory() says when there is no file', async () => {
  await assert.rejects(readZipDirectory('/nowhere/a.zip'), refusal(/ENOENT/))
})

test('readZipDirectory() answers any bytes with a directory or a UserError', async context => {
  const path = join(madeFolder(context), 'a.zip')
  const valid = madeZip(
    [
      { name: 'a/b.jpg', content: 'abcabcabc' },
      { name: 'c.jpg', zip64: true, content: 'x' },
    ],
    true,
  )
  const changed = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 6 }).map(changes => {
    const bytes = Buffer.from(valid)
    for (const [at, value] of changes) bytes[at] = value
    return bytes
  })
  await fc.assert(
    fc.asyncProperty(fc.oneof(changed, fc.uint8Array({ maxLength: 200 })), async bytes => {
      writeFileSync(path, bytes)
      try {
        await readZipDirectory(path)
      } catch (error) {
        assert.ok(error instanceof UserError, String(error))
      }
    }),
    { numRuns: 400 },
  )
})
