/**
 * The server under load: its rate beside that of a bare session, its latency, its event loop, its memory, and whether
 * a request was ever lost.
 *
 * node dist/bench/serve.js RUN IMAGES [WORKERS]
 *
 * RUN is a run folder or bundle, IMAGES a folder of images. The clients are this process, the server is another, on the
 * same cores.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { openEngine } from '../src/bundle/engine.ts'
import { type Bundle, loadBundle } from '../src/bundle/load-bundle.ts'
import { readImages } from '../src/dataset/dataset.ts'
import { readSourceSync } from '../src/dataset/source.ts'
import { decodeSource, pixelBytes } from '../src/pipeline/decode-source.ts'
import type { Preprocessing } from '../src/pipeline/types.ts'
import { randomOf } from '../src/util/random.ts'
import { largeForm, oddAsks } from './serve/asks.ts'
import { type Ask, load, percentile } from './serve/load.ts'
import type { Vitals } from './serve/server-process.ts'

const clients = 32
/** Requests before anything is timed: the engine of JavaScript compiles in several goes, in each thread anew. */
const warming = 20_000
const timed = 6000
/** The server and the bare session in turn: what else the machine does meanwhile hits both. */
const rounds = 5
const mixed = 10_000
const formBytes = 30e6
/** Different images, so that no cache of the processor holds them all. */
const mostImages = 500

const [model, folder, workers = '2'] = process.argv.slice(2) as [string, string, string?]
const bundle = loadBundle(model)
const images = await readEach(folder)
const server = fork(new URL('./serve/server-process.js', import.meta.url), [model, workers])
const [{ url }] = (await once(server, 'message')) as [{ url: string }]
const good = images.map((body): Ask => ({ method: 'POST', path: '/v1/classify', body, wanted: 200 }))

await load(url, repeated(good, warming), clients)
await vitalsOf(server)
await reportSpeed()
await reportMixed()
await reportForms()
server.send('close')

async function readEach(path: string): Promise<Uint8Array[]> {
  const { examples } = await readImages([path])
  return examples.slice(0, mostImages).map(({ source }) => new Uint8Array(readSourceSync(source)))
}

/** A session that is fed decoded pixels, batch after batch for a second; tells how many images a second it got. */
type Bare = () => Promise<number>

/** The bare session at its best batch and number of threads. */
async function bareSession({ facts, ...rest }: Bundle): Promise<Bare> {
  let best: { readonly rate: number; readonly run: Bare } | undefined
  for (const threads of [1, 2]) {
    const engine = await openEngine({ facts, ...rest }, { threads })
    for (const batch of [4, 8, 16, 32, 64]) {
      const pixels = await pixelsOf(batch, facts.preprocessing)
      const run = (): Promise<number> => rateOf(() => engine.run(pixels, batch), batch)
      const rate = await run()
      if (rate > (best?.rate ?? 0)) best = { rate, run }
    }
  }
  return best!.run
}

/** uint8 RGB [batch, size, size, 3] */
async function pixelsOf(batch: number, preprocessing: Preprocessing): Promise<Uint8Array> {
  const bytes = pixelBytes(preprocessing)
  const pixels = new Uint8Array(batch * bytes)
  for (let row = 0; row < batch; row++) {
    const picture = { type: 'bytes', name: '', bytes: images[row % images.length]! } as const
    await decodeSource(picture, preprocessing, {}, pixels.subarray(row * bytes, (row + 1) * bytes))
  }
  return pixels
}

/** Repeats for a second. */
async function rateOf(work: () => Promise<unknown>, count: number): Promise<number> {
  const started = performance.now()
  let done = 0
  for (; performance.now() - started < 1000; done += count) await work()
  return done / ((performance.now() - started) / 1000)
}

async function vitalsOf(child: ChildProcess): Promise<Vitals> {
  child.send('vitals')
  const [vitals] = (await once(child, 'message')) as [Vitals]
  return vitals
}

function repeated<T>(values: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, at) => values[at % values.length]!)
}

/**
 * The quickest rounds of each: other programs only ever slow them down, and a session with two threads most. Less the
 * clients' processor time means as if the machine had had as much more of it.
 */
async function reportSpeed(): Promise<void> {
  const bare = await bareSession(bundle)
  const latencies: number[] = []
  let best: Round = { bare: 0, rate: 0, alone: 0, longest: 0, work: 0 }
  for (let round = 0; round < rounds; round++) {
    const bareRate = await bare()
    await vitalsOf(server)
    const { seconds, cpu: clientCpu, lost, ...result } = await load(url, repeated(good, timed), clients)
    const { cpu, longestBlock, longestWork } = await vitalsOf(server)
    const rate = timed / seconds
    const now = {
      bare: bareRate,
      rate,
      alone: (rate * (cpu + clientCpu)) / cpu,
      longest: longestBlock,
      work: longestWork,
    }
    console.log(`  round ${round + 1}: ${inWords(now)}; ${lost.length} lost`)
    best = highest(best, now)
    latencies.push(...result.latencies)
  }
  console.log(`${clients} clients, the quickest round: ${inWords(best)}`)
  latencies.sort((a, b) => a - b)
  const milliseconds = (part: number): string => `${percentile(latencies, part).toFixed(1)} ms`
  console.log(`  latency: median ${milliseconds(0.5)}, p99 ${milliseconds(0.99)}`)
  console.log(
    `  event loop held for ${best.longest.toFixed(1)} ms at the longest, ${best.work.toFixed(1)} of processor time`,
  )
}

interface Round {
  /** Images a second: of the bare session, of the server, of the server less the clients' processor time. */
  readonly bare: number
  readonly rate: number
  readonly alone: number
  /** Milliseconds for which the event loop was held, by the clock and in processor time. */
  readonly longest: number
  readonly work: number
}

function highest(a: Round, b: Round): Round {
  const names = Object.keys(a) as (keyof Round)[]
  return Object.fromEntries(names.map(name => [name, Math.max(a[name], b[name])])) as unknown as Round
}

function inWords({ bare, rate, alone }: Round): string {
  const share = (part: number): string => `${Math.round((100 * part) / bare)}%`
  return `${Math.round(rate)} images/s, a bare session ${Math.round(bare)}: ${share(rate)}, ${share(alone)} less the clients' processor time`
}

/** Good and bad requests in seeded disorder, in five rounds whose memory is compared. */
async function reportMixed(): Promise<void> {
  const random = randomOf(1, 'mixed')
  const odd = oddAsks(images[0]!)
  const asks = Array.from({ length: mixed }, () =>
    random.next() < 0.6 ? pick(good, random.next()) : pick(odd, random.next()),
  )
  const memory: number[] = []
  const lost: string[] = []
  let [longest, work] = [0, 0]
  for (let round = 0; round < 5; round++) {
    const result = await load(url, asks.slice((round * mixed) / 5, ((round + 1) * mixed) / 5), clients)
    const vitals = await vitalsOf(server)
    lost.push(...result.lost)
    memory.push(Math.round(vitals.memory / 1e6))
    longest = Math.max(longest, vitals.longestBlock)
    work = Math.max(work, vitals.longestWork)
  }
  console.log(`${mixed} mixed requests: ${lost.length} lost${lost.length > 0 ? `, such as ${lost[0]}` : ''}`)
  console.log(
    `  memory after each fifth: ${memory.join(', ')} MB; event loop held for ${longest.toFixed(1)} ms at the longest, ${work.toFixed(1)} of processor time`,
  )
}

/** Forms as large as they may be, several at once. */
async function reportForms(): Promise<void> {
  const { lost } = await load(url, repeated([largeForm(formBytes)], 24), 4)
  const { longestBlock, longestWork } = await vitalsOf(server)
  console.log(
    `24 forms of 30 MB, 4 at a time: ${lost.length} lost; event loop held for ${longestBlock.toFixed(1)} ms at the longest, ${longestWork.toFixed(1)} of processor time`,
  )
}

function pick<T>(values: readonly T[], place: number): T {
  return values[Math.floor(place * values.length)]!
}
