/** A copy of a labelled dataset with known faults: wrong labels, duplicates of four kinds, broken files. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { readSource } from '../src/dataset/source.ts'
import type { Dataset, Example } from '../src/dataset/types.ts'
import { decodeImage } from '../src/pipeline/decode.ts'
import { sniff } from '../src/pipeline/sniff.ts'
import { type Random, randomOf, shuffled } from '../src/util/random.ts'

/** How a copy differs from its original. */
export type CopyKind = 'exact' | 'resized' | 're-encoded' | 'flipped'

/** What was planted; ids are those of the dataset that is written. */
export interface Planted {
  /** Images that lie in another class's folder than they should. */
  readonly wrong: readonly string[]
  readonly copies: readonly { readonly kind: CopyKind; readonly original: string; readonly copy: string }[]
  /** Cut short, or no image at all. */
  readonly broken: readonly string[]
  /** All files that were written. */
  readonly total: number
}

/** Shares of all images that get each fault, 0..1. */
export const shares = { wrong: 0.05, copies: 0.02, broken: 0.01 } as const

const kinds: readonly CopyKind[] = ['exact', 'resized', 're-encoded', 'flipped']

/**
 * Writes `count` of the dataset's readable images to `folder`, a folder for each class, with faults drawn by the seed.
 *
 * The faults touch different images, so that each finding has one cause.
 */
export async function plantFaults(
  dataset: Dataset,
  count: number,
  folder: string,
  seed: number,
): Promise<Planted> {
  const random = randomOf(seed, 'plant')
  const readable: Example[] = []
  for (const example of shuffled(dataset.examples, random)) {
    if (readable.length < count && example.label !== null && (await isReadable(example)))
      readable.push(example)
  }
  const faulty = (share: number): number => Math.round(share * readable.length)
  const [wrongCount, copyCount, brokenCount] = [shares.wrong, shares.copies, shares.broken].map(faulty)
  for (const name of dataset.classNames) mkdirSync(join(folder, name), { recursive: true })
  const write = async (at: number, label: number, bytes: Uint8Array, suffix = ''): Promise<string> => {
    const id = `${dataset.classNames[label]}/${String(at).padStart(5, '0')}${suffix}.${extensionFor(bytes)}`
    writeFileSync(join(folder, id), bytes)
    return id
  }
  const wrong: string[] = []
  const copies: { kind: CopyKind; original: string; copy: string }[] = []
  const broken: string[] = []
  for (const [at, { source, label }] of readable.entries()) {
    const bytes = await readSource(source)
    const isWrong = at < wrongCount!
    const id = await write(at, isWrong ? otherLabel(label!, dataset, random) : label!, bytes)
    if (isWrong) wrong.push(id)
    const turn = at - wrongCount!
    if (turn >= 0 && turn < copyCount!) {
      const kind = kinds[turn % kinds.length]!
      const copy = await write(at, label!, await copyOf(bytes, kind, random), `-${kind}`)
      copies.push({ kind, original: id, copy })
    }
    if (turn >= copyCount! && turn < copyCount! + brokenCount!)
      broken.push(await write(at, label!, damaged(bytes, turn), '-broken'))
  }
  return { wrong, copies, broken, total: readable.length + copies.length + broken.length }
}

async function isReadable({ id, source }: Example): Promise<boolean> {
  return decodeImage(await readSource(source), { name: id }).then(
    () => true,
    () => false,
  )
}

function otherLabel(label: number, { classNames }: Dataset, random: Random): number {
  const other = random.integer(classNames.length - 1)
  return other < label ? other : other + 1
}

/** As people make copies: another size, another quality or format, a mirror. */
async function copyOf(bytes: Uint8Array, kind: CopyKind, random: Random): Promise<Uint8Array> {
  const picture = sharp(bytes, { failOn: 'none' })
  if (kind === 'exact') return bytes
  if (kind === 'flipped') return picture.flop().jpeg({ quality: 90 }).toBuffer()
  if (kind === 're-encoded') {
    const quality = 60 + random.integer(30)
    return random.next() < 0.5 ? picture.jpeg({ quality }).toBuffer() : picture.webp({ quality }).toBuffer()
  }
  const { width } = await picture.metadata()
  const scale = [0.5, 0.75, 1.5][random.integer(3)]!
  return picture
    .resize(Math.max(16, Math.round(width * scale)))
    .jpeg({ quality: 85 })
    .toBuffer()
}

/** Cut short, or replaced by the page of a failed download. */
function damaged(bytes: Uint8Array, turn: number): Uint8Array {
  return turn % 2 === 0
    ? bytes.subarray(0, Math.floor(bytes.length / 2))
    : Buffer.from('<!doctype html><title>404</title>Not found')
}

function extensionFor(bytes: Uint8Array): string {
  const content = sniff(bytes)
  return content.type === 'image' ? content.format.toLowerCase().replace('jpeg', 'jpg') : 'jpg'
}
