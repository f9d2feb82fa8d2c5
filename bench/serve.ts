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
import { randomOf } from '../src/util/random.ts'
import { largeForm, oddAsks } from './serve/asks.ts'
import { type Ask, load, percentile } from './serve/load.ts'
import type { Vitals } from './serve/server-process.ts'

const clients = 32
/** Requests before anything is timed: the engine of JavaScript compiles in several goes, in each thread anew. */
const warming = 20_000
const timed = 10_000
const mixed = 10_000
const formBytes = 30e6
/** Different images, so that no cache of the processor holds them all. */
const mostImages = 500

const [model, folder, workers = '2'] = process.argv.slice(2) as [string, string, string?]
const bundle = loadBundle(model)
const images = await readEach(folder)
const bare = await bareRate(bundle)

const server = fork(new URL('./serve/server-process.js', import.meta.url), [model, workers])
const [{ url }] = (await once(server, 'message')) as [{ url: string }]
const good = images.map((body): Ask => ({ method: 'POST', path: '/v1/classify', body, wanted: 200 }))

await load(url, repeated(good, warming), clients)
await vitalsOf(server)
reportSpeed(await load(url, repeated(good, timed), clients), await vitalsOf(server), await bareRate(bundle))
await reportMixed()
await reportForms()
server.send('close')

async function readEach(path: string): Promise<Uint8Array[]> {
  const { examples } = await readImages([path])
  return examples.slice(0, mostImages).map(({ source }) => new Uint8Array(readSourceSync(source)))
}

interface Rate {
  readonly perSecond: number
  readonly perCpuSecond: number
}

/** A session that is fed decoded pixels, at its best batch and number of threads. */
async function bareRate({ facts, ...rest }: Bundle): Promise<Rate> {
  const bytes = pixelBytes(facts.preprocessing)
  const rates: Rate[] = []
  for (const threads of [1, 2]) {
    const engine = await openEngine({ facts, ...rest }, { threads })
    for (const batch of [8, 16, 32, 64]) {
      const pixels = new Uint8Array(batch * bytes)
      for (let row = 0; row < batch; row++) {
        const picture = { type: 'bytes', name: '', bytes: images[row % images.length]! } as const
        await decodeSource(picture, facts.preprocessing, {}, pixels.subarray(row * bytes, (row + 1) * bytes))
      }
      await engine.run(pixels, batch)
      rates.push(await rateOf(() => engine.run(pixels, batch), batch))
    }
    await engine.close()
  }
  return rates.reduce((best, rate) => (rate.perSecond > best.perSecond ? rate : best))
}

/** Repeats for a second. */
async function rateOf(work: () => Promise<unknown>, count: number): Promise<Rate> {
  const [started, cpu] = [performance.now(), process.cpuUsage()]
  let done = 0
  while (performance.now() - started < 1000) {
    await work()
    done += count
  }
  const used = process.cpuUsage(cpu)
  return {
    perSecond: done / ((performance.now() - started) / 1000),
    perCpuSecond: done / ((used.user + used.system) / 1e6),
  }
}

async function vitalsOf(child: ChildProcess): Promise<Vitals> {
  child.send('vitals')
  const [vitals] = (await once(child, 'message')) as [Vitals]
  return vitals
}

function repeated<T>(values: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, at) => values[at % values.length]!)
}

function reportSpeed(
  { seconds, cpu: clientCpu, latencies, lost }: Awaited<ReturnType<typeof load>>,
  { cpu, longestBlock, longestWork }: Vitals,
  bareAfter: Rate,
): void {
  const best: Rate = bareAfter.perSecond > bare.perSecond ? bareAfter : bare
  const share = (part: number, whole: number): string => `${Math.round((100 * part) / whole)}%`
  const milliseconds = (part: number): string => `${percentile(latencies, part).toFixed(1)} ms`
  console.log(
    `bare session: ${Math.round(best.perSecond)} images/s, ${Math.round(best.perCpuSecond)} a CPU second`,
  )
  console.log(
    `${clients} clients: ${Math.round(timed / seconds)} images/s, ${share(timed / seconds, best.perSecond)} of it`,
  )
  const alone = seconds * (cpu / (cpu + clientCpu))
  console.log(
    `  ${Math.round(timed / alone)} a second, ${share(timed / alone, best.perSecond)}, less the ${share(clientCpu, cpu + clientCpu)} of the processor time that the clients took`,
  )
  console.log(`  latency: median ${milliseconds(0.5)}, p99 ${milliseconds(0.99)}`)
  console.log(
    `  event loop held for ${longestBlock.toFixed(1)} ms at the longest, ${longestWork.toFixed(1)} of processor time; ${lost.length} lost`,
  )
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
