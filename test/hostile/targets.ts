/** What Graft reads from outside: for each kind of file some sound ones, and the function that reads them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { buildBundle } from '../../src/bundle/build.ts'
import { loadBundle } from '../../src/bundle/load-bundle.ts'
import { seal } from '../../src/bundle/seal.ts'
import { sealLength } from '../../src/bundle/seal-entry.ts'
import { readDataset } from '../../src/dataset/dataset.ts'
import { closeArchives } from '../../src/dataset/entry.ts'
import { readSourceSync } from '../../src/dataset/source.ts'
import { tensor } from '../../src/graph/tensor.ts'
import { readWeights } from '../../src/model/weights/read.ts'
import { readTfjs } from '../../src/model/weights/tfjs.ts'
import { decodeImage } from '../../src/pipeline/decode.ts'
import { readCheckpoint, writeCheckpoint } from '../../src/train/checkpoint.ts'
import { readMetrics, readRunRecord } from '../../src/train/run-folder.ts'
import { tinyParts } from '../bundle/made.ts'
import { zipOf } from '../dataset/made.ts'
import { fixtureBytes } from '../model/weights/support.ts'
import { runRecord } from './made-run.ts'

export interface Target {
  readonly seeds: readonly Uint8Array[]
  /** What an attacker would write into such a file. */
  readonly words: readonly string[]
  /** Share of all cases, for what is slow. */
  readonly share: number
  read(bytes: Uint8Array): unknown
}

const jsonWords = [
  '"',
  '{',
  ']',
  ',',
  'null',
  '-1',
  '1e999',
  '1e9',
  '0.5',
  '"__proto__":',
  '{}',
  '[[[[',
  '\\ud800',
  '"a":1,',
  '\x1b[2J',
]
const pathWords = [
  '../',
  '/etc/passwd',
  'C:\\',
  '..\\',
  '\0',
  '\x1b]0;x\x07',
  '%2e%2e',
  'con',
  '\u202e',
  '\r\n',
]

/** All targets; those that read from the disk do so in the folder. */
export async function allTargets(folder: string): Promise<Readonly<Record<string, Target>>> {
  mkdirSync(join(folder, 'run', 'checkpoint'), { recursive: true })
  const inFolder = (...names: string[]): string => join(folder, ...names)
  return {
    ...(await imageTargets()),
    ...manifestTargets(inFolder('data')),
    zip: zipTarget(inFolder('archive.zip')),
    ...weightTargets(inFolder('weights')),
    tfjs: tfjsTarget(),
    bundle: bundleTarget(),
    ...runTargets(inFolder('run')),
  }
}

async function imageTargets(): Promise<Record<string, Target>> {
  const noise = { type: 'gaussian', mean: 120, sigma: 40 } as const
  const picture = sharp({ create: { width: 24, height: 20, channels: 3, background: 'red', noise } })
  const formats = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const
  const made = await Promise.all(
    formats.map(async format => [format, await picture.clone().toFormat(format).toBuffer()] as const),
  )
  const words = ['Exif\0\0', 'II*\0', 'JFIF', '\xff\xd9', 'IDAT', 'IEND', 'RIFF', 'ftypavif', 'GIF89a']
  return Object.fromEntries(
    made.map(([format, bytes]) => {
      const target: Target = {
        seeds: [new Uint8Array(bytes)],
        words,
        share: format === 'avif' ? 0.1 : 0.3,
        read: bytes => decodeImage(bytes, { name: `x.${format}`, atLeast: 32 }),
      }
      return [`${format} image`, target]
    }),
  )
}

function manifestTargets(folder: string): Record<string, Target> {
  mkdirSync(folder, { recursive: true })
  for (const name of ['1.jpg', '2.jpg', '3.jpg']) writeFileSync(join(folder, name), name)
  const rows = [1, 2, 3].map(id => ({ file_name: `${id}.jpg`, label: id % 2 === 0 ? 'cat' : 'dog, "big"' }))
  const quote = (text: string): string => (text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text)
  const table = (gap: string): string =>
    [['id', 'label'], ...rows.map(row => [row.file_name, quote(row.label)])]
      .map(row => row.join(gap))
      .join('\n')
  const pairs = Object.fromEntries(rows.map(row => [row.file_name, row.label]))
  const texts = {
    csv: [table(',')],
    tsv: [table('\t')],
    jsonl: [rows.map(row => JSON.stringify(row)).join('\n')],
    json: [JSON.stringify(rows), JSON.stringify(pairs)],
  }
  return Object.fromEntries(
    Object.entries(texts).map(([extension, seeds]) => {
      const path = join(folder, `labels.${extension}`)
      const target: Target = {
        seeds: seeds.map(text => Buffer.from(text)),
        words: [...jsonWords, ...pathWords, '""', ',,,', '\n', '\ufeff', '1.jpg'],
        share: 0.5,
        read: bytes => readFrom(path, bytes, () => readDataset(path)),
      }
      return [`${extension} manifest`, target]
    }),
  )
}

function readFrom(path: string, bytes: Uint8Array, read: () => unknown): unknown {
  writeFileSync(path, bytes)
  return read()
}

function zipTarget(path: string): Target {
  const files = { 'cat/1.jpg': 'one', 'cat/2.jpg': 'two'.repeat(100), 'dog/3.jpg': 'three' }
  return {
    seeds: [zipOf(files), zipOf({ ...files, 'labels.csv': 'id,label\n1,cat\n' }, 'outer/')],
    words: [...pathWords, 'PK\x01\x02', 'PK\x03\x04', 'PK\x05\x06', 'cat/1.jpg'],
    share: 0.5,
    async read(bytes) {
      writeFileSync(path, bytes)
      try {
        const { examples } = await readDataset(path)
        for (const { source } of examples.slice(0, 10)) readSourceSync(source)
      } finally {
        closeArchives()
      }
    },
  }
}

function weightTargets(path: string): Record<string, Target> {
  const read = (bytes: Uint8Array): unknown => readFrom(path, bytes, () => readWeights(path))
  const of = (words: readonly string[], share: number, ...seeds: Uint8Array[]): Target => ({
    seeds,
    words,
    share,
    read,
  })
  const h5 = [
    'keras2',
    'storage-gzip',
    'storage-lzf',
    'storage-half',
    'storage-latest',
    'storage-double',
  ].map(name => fixtureBytes(`${name}.h5`))
  return {
    h5: of(['OHDR', 'BTHD', 'FRHP', 'TREE', 'SNOD', 'HEAP', 'GCOL'], 1, ...h5),
    keras: of(pathWords, 0.5, fixtureBytes('tiny.keras'), fixtureBytes('unnamed.keras')),
    safetensors: of(
      [...jsonWords, '"F32"', '"shape":[4294967296,4294967296]', '"data_offsets":[0,1]'],
      1,
      fixtureBytes('tiny.safetensors'),
    ),
    onnx: of(pathWords, 1, new Uint8Array(readFileSync('test/pipeline/fixtures/resize.onnx'))),
  }
}

function tfjsTarget(): Target {
  const weights = [
    { name: 'Conv1/kernel', shape: [3, 3, 3, 4], dtype: 'float32' },
    {
      name: 'bn_Conv1/gamma',
      shape: [4],
      dtype: 'float32',
      quantization: { dtype: 'uint8', scale: 0.5, min: -1 },
    },
  ]
  const topology = {
    model_config: {
      class_name: 'Model',
      config: { name: 'm', layers: [{ class_name: 'Conv2D', config: { name: 'Conv1' } }] },
    },
  }
  const model = { modelTopology: topology, weightsManifest: [{ paths: ['weights.bin'], weights }] }
  const shard = new Uint8Array(3 * 3 * 3 * 4 * 4 + 4)
  return {
    seeds: [Buffer.from(JSON.stringify(model))],
    words: [...jsonWords, ...pathWords, '"shape":[65536,65536]', '"paths":["../x"]'],
    share: 1,
    read: bytes =>
      readTfjs({
        path: 'model',
        names: ['model.json', 'weights.bin'],
        read: async name => (name === 'model.json' ? bytes : shard),
      }),
  }
}

const withoutSeal = (bundle: Uint8Array): Uint8Array => bundle.slice(0, bundle.length - sealLength)

/** Sealed again after the edits, as a stranger would: what is behind the checksum must hold by itself. */
function bundleTarget(): Target {
  return {
    seeds: [withoutSeal(buildBundle(tinyParts()))],
    words: [...jsonWords, 'Loop', 'Scan', 'external', 'location', '/etc/passwd'],
    share: 0.3,
    read: bytes => loadBundle(seal(bytes)),
  }
}

function runTargets(run: string): Record<string, Target> {
  const at = (name: string): string => join(run, name)
  writeCheckpoint(run, {
    progress: {
      phase: 0,
      phaseEpoch: 1,
      epoch: 1,
      step: 2,
      phaseBest: { epoch: 1, score: 0.5 },
      runBest: null,
      lossSum: 1.5,
      fingerprint: 'abc',
    },
    weights: new Map([['kernel', tensor('float32', [2, 2], Float32Array.of(1, 2, 3, 4))]]),
    phaseBest: null,
    runBest: null,
    moments: [Float32Array.of(0, 1)],
    logits: Float32Array.of(1),
  })
  const checkpoint = at('checkpoint/state.safetensors')
  const figures = { loss: 0.5, accuracy: 1, macroF1: 1, rocAuc: null }
  const line = {
    epoch: 1,
    phase: 'head',
    learningRate: 1e-3,
    train: figures,
    validation: figures,
    isBest: true,
    seconds: 2,
  }
  return {
    checkpoint: {
      seeds: [new Uint8Array(readFileSync(checkpoint))],
      words: jsonWords,
      share: 0.5,
      read: bytes => readFrom(checkpoint, bytes, () => readCheckpoint(run)),
    },
    'run.json': {
      seeds: [Buffer.from(JSON.stringify(runRecord))],
      words: [...jsonWords, ...pathWords],
      share: 0.5,
      read: bytes => readFrom(at('run.json'), bytes, () => readRunRecord(run)),
    },
    'metrics.jsonl': {
      seeds: [Buffer.from(`${JSON.stringify(line)}\n${JSON.stringify({ ...line, epoch: 2 })}\n`)],
      words: [...jsonWords, '\n'],
      share: 0.5,
      read: bytes => readFrom(at('metrics.jsonl'), bytes, () => readMetrics(run)),
    },
  }
}
