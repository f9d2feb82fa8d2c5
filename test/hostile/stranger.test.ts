/** A bundle and a dataset from strangers: whatever they call things stays text. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import sharp from 'sharp'
import { buildBundle } from '../../src/bundle/build.ts'
import { tinyParts } from '../bundle/made.ts'
import { runHere } from '../cli/context.ts'
import { madeFolder, madeZip } from '../dataset/made.ts'

/** Sets the window's title, clears the screen, writes backwards, opens an element, reaches for an object's parent. */
const names = [
  '\x1b]0;owned\x07cat',
  '\x1b[2J\u202edog',
  '<img src=x onerror=alert(1)>',
  '__proto__',
  'a\r\nb',
]
const commands = /[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/

const picture = await sharp({ create: { width: 32, height: 32, channels: 3, background: 'red' } })
  .png()
  .toBuffer()

test('graft predict shows the class names and file names of strangers as text', async context => {
  const folder = madeFolder(context, { '\x1b[31mred.png': picture, '\u202egnp.png': 'no picture' })
  const bundle = join(folder, 'made.onnx')
  writeFileSync(bundle, buildBundle(tinyParts({ classNames: names })))
  const { status, stdout, stderr } = await runHere(['predict', bundle, folder, '--top', '5'])
  assert.equal(status, 0, stderr)
  assert.doesNotMatch(stdout, commands)
  assert.doesNotMatch(stderr, commands)
  // Cells are cut to the width of the page.
  for (const shown of ['1mred.png', '\\x1b]0;ow', '\\x1b[2J\\u', '__proto__', 'a\\r\\nb'])
    assert.ok(stdout.includes(shown), `${shown} is not in ${stdout}`)
})

test('graft predict --json gives a class called "__proto__" its probability like any other', async context => {
  const folder = madeFolder(context, { 'red.png': picture })
  const bundle = join(folder, 'made.onnx')
  writeFileSync(bundle, buildBundle(tinyParts({ classNames: names })))
  const { stdout } = await runHere(['predict', bundle, join(folder, 'red.png'), '--json'])
  const { probabilities } = JSON.parse(stdout)
  assert.deepEqual(Object.keys(probabilities).sort(), [...names].sort())
})

test("graft inspect shows the names in a stranger's archive as text, and never leaves the archive", async context => {
  const inside = names
    .slice(0, 2)
    .flatMap(name => ['1.png', '2.png'].map(file => ({ name: `${name}/${file}`, content: picture })))
  const outside = ['../outside.png', '/etc/passwd', 'C:\\x.png'].map(name => ({ name, content: picture }))
  const folder = madeFolder(context, { 'data.zip': madeZip([...inside, ...outside]) })
  const { stdout, stderr } = await runHere([
    'inspect',
    join(folder, 'data.zip'),
    '--out',
    folder,
    '--cache',
    join(folder, 'cache'),
  ])
  assert.doesNotMatch(stdout, commands)
  assert.doesNotMatch(stderr, commands)
  assert.match(stdout, /outside the archive|outside\.png/)
})

test('graft predict refuses an archive that declares more than it holds, without making room for it', async context => {
  const bomb = { name: 'cat/bomb.png', content: new Uint8Array(5e6), size: 0xfffffff0 }
  const folder = madeFolder(context, { 'bomb.zip': madeZip([bomb, { name: 'cat/2.png', content: picture }]) })
  const bundle = join(folder, 'made.onnx')
  writeFileSync(bundle, buildBundle(tinyParts()))
  const before = process.memoryUsage().rss
  const { status, stderr } = await runHere(['predict', bundle, join(folder, 'bomb.zip')])
  assert.equal(status, 0, stderr)
  assert.match(stderr, /bomb\.png": it holds 4\.3 GB, more than the limit/)
  assert.ok(process.memoryUsage().rss - before < 2e8)
})
