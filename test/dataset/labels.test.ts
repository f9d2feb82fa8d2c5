import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type DatasetOptions, readDataset } from '../../src/dataset/dataset.ts'
import type { Dataset } from '../../src/dataset/types.ts'
import { type Files, madeFolder, pathsOnly, zipOf } from './made.ts'
import { isDataError } from './refusal.ts'

const read = (context: TestContext, files: Files, options?: DatasetOptions) =>
  readDataset(madeFolder(context, files), options)

function claims({ classNames, examples }: Dataset): string[] {
  return examples.map(({ id, label, split }) =>
    [id, label === null ? '?' : classNames[label], split ?? '-'].join(' = '),
  )
}

const images = pathsOnly('train/a.jpg', 'train/b.jpg', 'train/c.jpg')
const labelled = ['b.jpg = no = -', 'a.jpg = yes = -', 'c.jpg = no = -']
const rows = 'id,cactus\nb.jpg,no\na.jpg,yes\nc.jpg,no\n'

test('readDataset() takes labels from train.csv beside the images, in its order, and says what it guessed', async context => {
  const dataset = await read(context, {
    ...images,
    'test/d.jpg': '',
    'train.csv': rows,
    'sample_submission.csv': 'id,cactus\nd.jpg,0.5\n',
  })
  assert.equal(dataset.format, 'manifest')
  assert.deepEqual(claims(dataset), labelled)
  assert.deepEqual(dataset.notes, [
    'Took the ids from column "id" and the labels from column "cactus" of "train.csv"',
    'Left out 1 image that no row of "train.csv" names',
  ])
})

test('readDataset() reads Kaggle archives as downloaded', async context => {
  const files = { 'train.zip': zipOf(images), 'test.zip': zipOf(pathsOnly('test/a.jpg')), 'train.csv': rows }
  const root = madeFolder(context, files)
  assert.deepEqual(claims(await readDataset(root)), labelled)
  const beside = await readDataset(join(root, 'train.zip'))
  assert.deepEqual(claims(beside), labelled)
  assert.match(beside.notes[0]!, /^Took the labels from ".*train\.csv", which lies beside the images$/)
  assert.deepEqual(
    claims(await readDataset(join(root, 'train.zip'), { labels: join(root, 'train.csv') })),
    labelled,
  )
  assert.deepEqual(claims(await readDataset(join(root, 'train.zip'), { labels: 'train.csv' })), labelled)
  assert.deepEqual(claims(await readDataset(join(root, 'train.csv'))), labelled)
  assert.equal((await readDataset(join(root, 'test.zip'))).format, 'unlabelled')
})

test('readDataset() reads a manifest inside an archive', async context => {
  const root = madeFolder(context, { 'x.zip': zipOf({ ...images, 'train.csv': rows }, 'x/') })
  assert.deepEqual(claims(await readDataset(join(root, 'x.zip'))), labelled)
  assert.deepEqual(claims(await readDataset(join(root, 'x.zip'), { labels: 'train.csv' })), labelled)
})

test('readDataset() finds a manifest below a single outer folder', async context => {
  const dataset = await read(context, {
    ...pathsOnly('download/a.jpg', 'download/b.jpg'),
    'download/labels.csv': 'id,label\na,x\nb,y\n',
  })
  assert.deepEqual(claims(dataset), ['a = x = -', 'b = y = -'])
})

test('readDataset() says nothing of guessing when the columns are named', async context => {
  const text = 'key;n;which;a\nb;1;no;0\na;2;yes;1\nc;3;no;1\n'
  const root = madeFolder(context, { ...images, 'x.csv': text })
  const dataset = await readDataset(root, { labels: 'x.csv', idColumn: 'key', labelColumn: 'which' })
  assert.deepEqual(claims(dataset), ['b = no = -', 'a = yes = -', 'c = no = -'])
  assert.deepEqual(dataset.notes, [])
  assert.deepEqual(claims(await readDataset(root, { labelColumn: 'A' })), [
    'b = 0 = -',
    'a = 1 = -',
    'c = 1 = -',
  ])
})

test('readDataset() finds images by ids with and without folder, extension, case and foreign folders', async context => {
  const files = pathsOnly('in/cats/1.jpg', 'in/dogs/1.jpg', 'in/dogs/Two.JPG', 'in/cat.0.jpg')
  const ids = [
    '/home/ann/in/cats/1.jpg',
    '/home/ann/in/dogs/1',
    '\\home\\ann\\in\\dogs\\two.jpg',
    ' ./home/ann/in/cat.0',
  ]
  const text = `id,label\n${ids.map((id, i) => `${id},${i}`).join('\n')}`
  const dataset = await read(context, { ...files, 'labels.csv': text })
  assert.deepEqual(
    dataset.examples.map(({ source }) => source.type === 'file' && source.path.split('/in/')[1]),
    ['cats/1.jpg', 'dogs/1.jpg', 'dogs/Two.JPG', 'cat.0.jpg'],
  )
  assert.deepEqual(dataset.missing, [])
})

test('readDataset() does not mistake one folder for another', async context => {
  const files = {
    ...pathsOnly('cats/1.jpg', 'cats/2.jpg'),
    'labels.csv': 'id,label\ndogs/1.jpg,dog\ncats/1.jpg,cat\n',
  }
  const dataset = await read(context, files)
  assert.deepEqual(dataset.missing, [{ id: 'dogs/1.jpg', reason: 'there is no such file' }])
  const kaggle = { ...pathsOnly('train/a.jpg', 'test/b.jpg'), 'train.csv': 'id,x\na,1\nb,0\n' }
  assert.deepEqual((await read(context, kaggle)).missing, [{ id: 'b', reason: 'there is no such file' }])
})

test('readDataset() finds names composed of other Unicode letters', async context => {
  const dataset = await read(context, {
    'e\u0301.jpg': '',
    'b.jpg': '',
    'labels.csv': 'file,label\n\u00e9.jpg,e\u0301\nb.jpg,\u00e9\n',
  })
  assert.deepEqual([dataset.examples.length, dataset.classNames], [2, ['\u00e9']])
})

test('readDataset() lists rows without image or label as missing', async context => {
  const dataset = await read(context, { ...images, 'labels.csv': 'id,label\na,x\nb,\nd,y\n"c"," y "\n' })
  assert.deepEqual(claims(dataset), ['a = x = -', 'c = y = -'])
  assert.deepEqual(dataset.missing, [
    { id: 'b', reason: 'its label is empty' },
    { id: 'd', reason: 'there is no such file' },
  ])
})

test('readDataset() honours a split column', async context => {
  const text = 'id,label,Split\na,x,train\nb,y,Valid\nc,,test\n'
  const dataset = await read(context, { ...images, 'labels.csv': text })
  assert.deepEqual(claims(dataset), ['a = x = train', 'b = y = validation', 'c = ? = test'])
  assert.ok(dataset.notes.includes('Took the split from column "Split" of "labels.csv"'))
  const named = { ...images, 'labels.csv': text.replaceAll('Split', 'part') }
  assert.deepEqual(
    claims(await read(context, named, { splitColumn: 'part', labelColumn: 'label' })),
    claims(dataset),
  )
})

test('readDataset() joins train.csv, val.csv and test.csv where they are labelled', async context => {
  const files = pathsOnly('train/1.jpg', 'train/2.jpg', 'val/1.jpg', 'test/1.jpg')
  const csv = { 'train.csv': 'id,label\n1,a\n2,b\n', 'val.csv': 'id,label\n1,b\n', 'test.csv': 'id\n1\n' }
  const dataset = await read(context, { ...files, ...csv })
  assert.deepEqual(claims(dataset), [
    'train/1.jpg = a = train',
    'train/2.jpg = b = train',
    'val/1.jpg = b = validation',
  ])
  assert.ok(
    dataset.notes.includes(
      'Cannot read "test.csv": it has no column of labels: its columns are "id", so it was not used for labels',
    ),
  )
})

test('readDataset() reads ImageFolder metadata in each split, relative to its folder', async context => {
  const dataset = await read(context, {
    ...pathsOnly('data/train/0.jpg', 'data/train/deep/1.jpg', 'data/test/0.jpg'),
    'data/train/metadata.jsonl': '{"file_name":"0.jpg","label":0}\n{"file_name":"deep/1.jpg","label":1}',
    'data/test/metadata.jsonl': '{"file_name":"0.jpg","label":1}',
  })
  assert.deepEqual(claims(dataset), [
    'data/test/0.jpg = 1 = test',
    'data/train/0.jpg = 0 = train',
    'data/train/deep/1.jpg = 1 = train',
  ])
  const single = await read(context, {
    ...pathsOnly('0.jpg', '1.jpg'),
    'metadata.csv': 'file_name,text,label\n0.jpg,hm,b\n1.jpg,hm,a\n',
  })
  assert.deepEqual(claims(single), ['0.jpg = b = -', '1.jpg = a = -'])
})

test('readDataset() sorts numeric labels as numbers', async context => {
  const dataset = await read(context, {
    ...images,
    'labels.jsonl': '{"id":"a","label":10}\n{"id":"b","label":2}\n{"id":"c","label":0}',
  })
  assert.deepEqual(dataset.classNames, ['0', '2', '10'])
})

test('readDataset() reads a manifest without a header, and ignores row numbers', async context => {
  const bare = await read(context, { ...images, 'labels.csv': 'a.jpg,x\nb.jpg,y\nc.jpg,x\n' })
  assert.deepEqual(claims(bare), ['a.jpg = x = -', 'b.jpg = y = -', 'c.jpg = x = -'])
  assert.equal(bare.notes[0], 'Took the first row of "labels.csv" for data: it names an image')
  const numbered = await read(context, { ...images, 'labels.csv': ',file,kind\n0,a.jpg,x\n1,b.jpg,y\n' })
  assert.deepEqual(claims(numbered), ['a.jpg = x = -', 'b.jpg = y = -'])
})

test('readDataset() prefers class folders to a table with an unusual name, unless it is named', async context => {
  const files = {
    ...pathsOnly('cats/1.jpg', 'dogs/2.jpg'),
    'bad.csv': 'file,why\ncats/1.jpg,blurred\ndogs/2.jpg,dark\n',
  }
  const folders = await read(context, files)
  assert.deepEqual(folders.classNames, ['cats', 'dogs'])
  assert.deepEqual(folders.notes, ['Left "bad.csv" aside: name one with --labels to take the labels from it'])
  assert.deepEqual((await read(context, files, { labels: 'bad.csv' })).classNames, ['blurred', 'dark'])
  assert.deepEqual((await read(context, files, { labelColumn: 'why' })).classNames, ['blurred', 'dark'])
  const usual = { ...files, 'labels.csv': 'file,label\ncats/1.jpg,x\ndogs/2.jpg,y\n' }
  assert.deepEqual((await read(context, usual)).classNames, ['x', 'y'])
  assert.deepEqual((await read(context, usual, { labels: 'folders' })).classNames, ['cats', 'dogs'])
})

test('readDataset() resolves the paths of a manifest from its own folder', async context => {
  const elsewhere = madeFolder(context, pathsOnly('a.jpg'))
  const text = `path,label\n../photos/b.jpg,x\n${join(elsewhere, 'a.jpg')},y\n`
  const root = madeFolder(context, { 'photos/b.jpg': '', 'lists/mine.csv': text })
  const dataset = await readDataset(join(root, 'lists', 'mine.csv'))
  assert.deepEqual(
    dataset.examples.map(({ source }) => source),
    [
      { type: 'file', path: join(root, 'photos', 'b.jpg') },
      { type: 'file', path: join(elsewhere, 'a.jpg') },
    ],
  )
})

test('readDataset() takes a repeated row once, and refuses one that differs', async context => {
  const repeated = await read(context, { ...images, 'labels.csv': 'id,label\na,x\na.jpg,x\nb,y\n' })
  assert.equal(repeated.examples.length, 2)
  assert.ok(repeated.notes.includes('Took once what "labels.csv" repeats: 1 row'))
  const differs = read(context, { ...images, 'labels.csv': 'id,label\na,x\nb,y\na,y\n' })
  await assert.rejects(
    differs,
    isDataError(/"labels.csv": "a" is repeated and differs: "x", then "y"$/, 'leave one row for each image'),
  )
  const leaks = read(context, { ...images, 'labels.csv': 'id,label,split\na,x,train\nb,y,train\na,x,test\n' })
  await assert.rejects(leaks, isDataError(/"x, train", then "x, test"$/))
})

test('readDataset() gathers labels from columns of zeros and ones, where each row has a single 1', async context => {
  const images = pathsOnly('photos/s1.jpg', 'photos/s2.jpg', 'photos/s3.jpg')
  const csv = 'image,MEL,NV,age\ns1,0.0,1.0,40\ns2,1.0,0.0,31\ns3,0.0,1.0,22\n'
  const dataset = await read(context, { ...images, 'truth.csv': csv })
  assert.deepEqual(claims(dataset), ['s1 = NV = -', 's2 = MEL = -', 's3 = NV = -'])
  assert.deepEqual(dataset.notes, [
    'Took the ids from column "image" and the labels from the ones in "MEL" and "NV" of "truth.csv"',
  ])
  const words = csv.replaceAll('0.0', 'False').replaceAll('1.0', 'True')
  assert.deepEqual(claims(await read(context, { ...images, 'truth.csv': words })), claims(dataset))
  const named = await read(context, { ...images, 'truth.csv': csv }, { labelColumn: 'MEL' })
  assert.deepEqual(claims(named), ['s1 = 0.0 = -', 's2 = 1.0 = -', 's3 = 0.0 = -'])
  for (const row of ['s3,1,1,22', 's3,0,0,22', 's3,,1,22'])
    await assert.rejects(
      read(context, { ...images, 'truth.csv': csv.replace('s3,0.0,1.0,22', row) }),
      isDataError(/several columns may be the label: "MEL", "NV" and "age"$/),
    )
})

test('readDataset() asks the only table, whatever it is called, before a single folder', async context => {
  const images = pathsOnly('Bilder/Foto 1.JPG', 'Bilder/Foto 2.JPG')
  const csv = 'Datei;Klasse\r\nBilder\\Foto 1.JPG;Biene\r\nBilder\\Foto 2.JPG;Ameise\r\n'
  const dataset = await read(context, { ...images, 'liste.csv': csv })
  assert.deepEqual(dataset.classNames, ['Ameise', 'Biene'])
  const useless = { ...images, 'liste.csv': 'Ort;Datum\nWald;1.5.\nFeld;2.5.\n' }
  await assert.rejects(read(context, useless), isDataError(/none of its columns seems to name the images/))
  assert.deepEqual((await read(context, useless, { labels: 'folders' })).classNames, ['Bilder'])
  assert.deepEqual((await read(context, { ...useless, 'Fotos/3.jpg': '' })).classNames, ['Bilder', 'Fotos'])
})

test('readDataset() reads labels.json that lies with the images, and any JSON that is named', async context => {
  const json = '{ "a.jpg": "ant", "b.jpg": "bee" }'
  const root = madeFolder(context, { ...pathsOnly('photos/a.jpg', 'photos/b.jpg'), 'labels.json': json })
  assert.deepEqual(claims(await readDataset(root)), ['a.jpg = ant = -', 'b.jpg = bee = -'])
  const other = madeFolder(context, { ...pathsOnly('a.jpg', 'b.jpg'), 'x.json': json })
  assert.equal((await readDataset(other)).format, 'unlabelled')
  assert.deepEqual((await readDataset(other, { labels: 'x.json' })).classNames, ['ant', 'bee'])
  assert.deepEqual((await readDataset(join(other, 'x.json'))).classNames, ['ant', 'bee'])
})

test('readDataset() looks first where the manifest that was named lies', async context => {
  const root = madeFolder(context, {
    ...pathsOnly('train/1.jpg', 'train/2.jpg', 'test/1.jpg', 'test/2.jpg'),
    'train/metadata.csv': 'file_name,label\n1.jpg,x\n2.jpg,y\n',
  })
  const { examples } = await readDataset(root, { labels: join(root, 'train/metadata.csv') })
  assert.deepEqual(
    examples.map(({ source }) => source),
    ['1.jpg', '2.jpg'].map(name => ({ type: 'file', path: join(root, 'train', name) })),
  )
})

test('readDataset() takes labels from the names of files, when it is told to', async context => {
  const paths = [
    'train/cat.0.jpg',
    'train/great_pyrenees_12.jpg',
    'test/cat (3).png',
    'Katze7.webp',
    '12.jpg',
  ]
  const dataset = await read(context, pathsOnly(...paths, 'logo.png'), { labels: 'names' })
  assert.equal(dataset.format, 'names')
  assert.deepEqual(claims(dataset), [
    'Katze7.webp = Katze = -',
    'test/cat (3).png = cat = test',
    'train/cat.0.jpg = cat = train',
    'train/great_pyrenees_12.jpg = great_pyrenees = train',
  ])
  assert.deepEqual(dataset.notes, ['Left out 2 images whose names end in no number'])
})

const refused: Readonly<
  Record<string, { csv: string; options?: DatasetOptions; message: RegExp; hint?: string }>
> = {
  'a column that is not there': {
    csv: rows,
    options: { labelColumn: 'cacti' },
    message: /^Cannot read "labels.csv": there is no column "cacti"; its columns are "id" and "cactus"$/,
    hint: 'did you mean --label-column cactus',
  },
  'labels that may be in several columns': {
    csv: 'id,colour,size\na,red,big\nb,blue,small\n',
    message: /several columns may be the label: "colour" and "size"$/,
    hint: 'choose one with --label-column',
  },
  'a manifest without labels': {
    csv: 'id\na\nb\n',
    message: /it has no column of labels: its columns are "id"$/,
  },
  'ids that name nothing': {
    csv: 'id,label\nx1,yes\nx2,no\n',
    message:
      /none of its 2 rows names an image in ".*": the first wants "x1", the images are called like "train\/a.jpg"$/,
    hint: 'check the folder, or choose the column with --id-column',
  },
  'columns that cannot be ids': {
    csv: 'x,y\n1,2\n',
    message: /none of its columns seems to name the images: "x" and "y"$/,
  },
  'an empty column of labels': { csv: 'id,label\na,\nb,\n', message: /column "label" is empty$/ },
  'captions for labels': {
    csv: `id,text\n${Array.from({ length: 30 }, (_, i) => `${'abc'[i % 3]},sentence ${i}`).join('\n')}`,
    message: /column "text" has 30 different values in 30 rows: they do not look like labels$/,
  },
  'measurements for labels': {
    csv: `id,label\n${Array.from({ length: 30 }, (_, i) => `${'abc'[i % 3]},${i / 7 + 0.01}`).join('\n')}`,
    message: /column "label" has 30 different values in 30 rows: they do not look like labels$/,
  },
  'a wrong word in the split column': {
    csv: 'id,label,part\na,x,holdout\nb,y,train\n',
    options: { splitColumn: 'part' },
    message: /column "part" holds "holdout"; wanted train, validation or test$/,
  },
  'an empty manifest': { csv: '', message: /"labels.csv": it has no rows$/ },
}

for (const [what, { csv, options, message, hint }] of Object.entries(refused)) {
  test(`readDataset() refuses ${what}`, async context => {
    await assert.rejects(read(context, { ...images, 'labels.csv': csv }, options), isDataError(message, hint))
  })
}

test('readDataset() refuses an id that fits two images', async context => {
  const files = { ...pathsOnly('cats/1.jpg', 'dogs/1.jpg'), 'labels.csv': 'id,label\n1.jpg,x\n' }
  await assert.rejects(read(context, files), isDataError(/"1.jpg" may be "cats\/1.jpg" or "dogs\/1.jpg"$/))
})

test('readDataset() refuses several manifests that would do', async context => {
  const files = { ...images, 'one.csv': rows, 'two.csv': rows }
  await assert.rejects(
    read(context, files),
    isDataError(/"one.csv" and "two.csv"/, 'choose one with --labels'),
  )
})

test('readDataset() refuses lists of labels, and objects', async context => {
  for (const label of ['["x","y"]', '{"name":"x"}'])
    await assert.rejects(
      read(context, { ...images, 'labels.jsonl': `{"id":"a","label":${label}}\n{"id":"b","label":"x"}` }),
      isDataError(/"a" has a list or an object for a label/),
    )
})

test('readDataset() names the row of zeros and ones that does not have one 1', async context => {
  for (const [row, fault] of [
    ['1,1', 'several ones'],
    ['0,0', 'no 1'],
  ] as const)
    await assert.rejects(
      read(context, { ...images, 'labels.csv': `id,ant,bee\na,1,0\nb,${row}\nc,0,1\n` }),
      isDataError(new RegExp(`row 2 has ${fault} in the columns "ant" and "bee"; wanted one in each row$`)),
    )
})

test('readDataset() refuses a manifest that is not there, and columns without a manifest', async context => {
  await assert.rejects(
    read(context, images, { labels: 'none.csv' }),
    isDataError(/"none.csv": there is no such file$/),
  )
  await assert.rejects(
    read(context, images, { idColumn: 'id' }),
    /has no CSV, TSV, JSON or JSONL file with labels$/,
  )
})
