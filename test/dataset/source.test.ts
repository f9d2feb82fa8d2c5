import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { closeArchives } from '../../src/dataset/entry.ts'
import { maxSourceSize, nameOfSource, readSource, readSourceSync } from '../../src/dataset/source.ts'
import type { Source } from '../../src/dataset/types.ts'
import { readZipDirectory } from '../../src/dataset/zip.ts'
import { UserError } from '../../src/util/errors.ts'
import { madeFolder, madeZip, type ZipEntryOptions } from './made.ts'

type ZipSource = Source & { type: 'zip' }

async function zipped(
  context: Parameters<typeof madeFolder>[0],
  ...entries: ZipEntryOptions[]
): Promise<ZipSource[]> {
  context.after(closeArchives)
  const archive = join(madeFolder(context, { 'a.zip': madeZip(entries) }), 'a.zip')
  return (await readZipDirectory(archive)).files.map(file => file.source)
}

/** Both forms of reading refuse alike. */
async function refuses(source: Source, message: RegExp): Promise<void> {
  const check = (error: unknown) => {
    assert.ok(error instanceof UserError)
    assert.equal(error.code, 'image')
    assert.match(error.message, message)
    return true
  }
  assert.throws(() => readSourceSync(source), check)
  await assert.rejects(readSource(source), check)
}

test('readSource() gives back what was packed, deflated or stored, whatever the local header holds', async context => {
  const content = Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 251))
  const sources = await zipped(
    context,
    { name: 'deflated', content },
    { name: 'stored', content, method: 0 },
    { name: 'empty' },
    { name: 'long extra', content, localExtra: 9000 },
    { name: 'zip64', content, zip64: true },
  )
  for (const source of sources) {
    const wanted = source.entry === 'empty' ? Buffer.alloc(0) : content
    assert.deepEqual(Buffer.from(readSourceSync(source)), wanted, source.entry)
    assert.deepEqual(Buffer.from(await readSource(source)), wanted, source.entry)
  }
})

test('readSource() reads a file', async context => {
  const path = join(madeFolder(context, { 'a.jpg': 'abc' }), 'a.jpg')
  assert.equal(Buffer.from(await readSource({ type: 'file', path })).toString(), 'abc')
  assert.equal(Buffer.from(readSourceSync({ type: 'file', path })).toString(), 'abc')
})

test('readSource() refuses what is no plain file', async context => {
  const root = madeFolder(context)
  await refuses({ type: 'file', path: join(root, 'none.jpg') }, /none.jpg": there is no such file$/)
  await refuses({ type: 'file', path: root }, /it is no plain file$/)
  if (process.platform === 'win32') return
  execFileSync('mkfifo', [join(root, 'pipe.jpg')])
  await refuses({ type: 'file', path: join(root, 'pipe.jpg') }, /it is no plain file$/)
})

test('readSource() refuses an entry whose content is not what its archive declares', async context => {
  const content = 'abc'.repeat(100)
  const [checksum, short, long, method] = await zipped(
    context,
    { name: 'checksum.jpg', content, crc32: 1 },
    { name: 'short.jpg', content, size: 400 },
    { name: 'long.jpg', content, size: 200 },
    { name: 'method.jpg', content, method: 93 },
  )
  await refuses(checksum!, /a.zip\/checksum.jpg": it is damaged: its checksum differs/)
  await refuses(short!, /it is damaged: 300 bytes where its archive declares 400$/)
  await refuses(long!, /it cannot be inflated to its declared size$/)
  await refuses(
    method!,
    /its compression method 93 is not supported: pack the archive with deflate, or unpack it$/,
  )
})

test('readSource() refuses an entry that lies outside its archive', async context => {
  const [source] = await zipped(context, { name: 'a.jpg', content: 'abc' })
  await refuses({ ...source!, offset: 3 }, /its header is missing/)
  await refuses({ ...source!, offset: 1e6 }, /its header is missing/)
  await refuses({ ...source!, compressedSize: 2e8 }, /its archive ends too early$/)
})

test('readSource() never inflates beyond the declared size', async context => {
  const bomb = deflateRawSync(Buffer.alloc(50e6))
  const [stored] = await zipped(context, { name: 'bomb.jpg', content: bomb, method: 0 })
  const before = process.memoryUsage().arrayBuffers
  await refuses({ ...stored!, method: 8, size: 1000 }, /it cannot be inflated to its declared size$/)
  assert.ok(process.memoryUsage().arrayBuffers - before < 10e6)
})

test('readSource() refuses more than the limit before it reads', async context => {
  const [source] = await zipped(context, { name: 'a.jpg', content: 'abc' })
  await refuses({ ...source!, size: maxSourceSize + 1 }, /more than the limit of 250 MB$/)
})

test('readSource() reads from more archives than it keeps open', async context => {
  context.after(closeArchives)
  const root = madeFolder(context)
  const sources: Source[] = []
  for (let i = 0; i < 40; i++) {
    const archive = join(root, `${i}.zip`)
    writeFileSync(archive, madeZip([{ name: 'a.jpg', content: `image ${i}` }]))
    sources.push((await readZipDirectory(archive)).files[0]!.source)
  }
  for (const [i, source] of [...sources, ...sources].entries()) {
    assert.equal(Buffer.from(readSourceSync(source)).toString(), `image ${i % 40}`)
  }
})

test('readSource() answers any damage with the content or a UserError', async context => {
  context.after(closeArchives)
  const root = madeFolder(context)
  const content = Buffer.from('abcdefgh'.repeat(40))
  const valid = madeZip([{ name: 'a.jpg', content }])
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      async changes => {
        const bytes = Buffer.from(valid)
        for (const [at, value] of changes) bytes[at] = value
        const archive = join(root, `${run++}.zip`)
        writeFileSync(archive, bytes)
        try {
          const { files } = await readZipDirectory(archive)
          for (const { source } of files) assert.deepEqual(Buffer.from(readSourceSync(source)), content)
        } catch (error) {
          assert.ok(error instanceof UserError, String(error))
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('nameOfSource() names the archive and the entry', async context => {
  const [source] = await zipped(context, { name: 'cats/a.jpg' })
  assert.match(nameOfSource(source!), /a\.zip\/cats\/a\.jpg$/)
  assert.equal(nameOfSource({ type: 'file', path: 'b.jpg' }), 'b.jpg')
})
