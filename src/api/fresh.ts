/** A new run: a free folder, a split, weights and a plan. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { requireTrainable, splitNotes } from '../dataset/check.ts'
import { splitDataset } from '../dataset/split.ts'
import type { Example } from '../dataset/types.ts'
import { embeddedBackbone } from '../model/embedded/backbone.ts'
import { mobilenetV2 } from '../model/mobilenet-v2.ts'
import type { DownloadProgress } from '../model/weights/download-part.ts'
import type { TrainOptions } from '../train/options.ts'
import { planFor } from '../train/recipes.ts'
import { contentOf, lockRun, tryLockRun } from '../train/run-folder.ts'
import type { Plan } from '../train/types.ts'
import { UserError } from '../util/errors.ts'
import { version } from '../util/version.ts'
import { exactCopyNotes, findCopies } from './copies.ts'
import { sizeFor } from './image-size.ts'
import type { FingerprintedData, RunStart } from './types.ts'
import { chooseWeights, isEmbeddedMeant } from './weights.ts'

/** The largest share of files that may be unreadable unless the user says otherwise. */
const tolerated = 0.01
const defaultValidation = 0.1
/** The side of the tutorial's pictures, in pixels. */
const tutorialSize = 96
/** More threads than this gain nothing on networks of this size. */
const mostThreads = 8

/** Where a new run keeps and tells things. */
export interface FreshContext {
  /** The cache's root. */
  readonly cache: string
  readonly signal: AbortSignal
  readonly onDownload: (progress: DownloadProgress) => void
  /** Told how many of the pictures were looked at. */
  readonly onRead: (done: number, total: number) => void
}

/** @throws UserError when the data cannot be trained on, the folder is taken, or options do not fit */
export async function freshRun(
  { dataset, keys, name, fingerprint }: FingerprintedData,
  givenRun: string | undefined,
  options: TrainOptions,
  { cache, signal, onDownload, onRead }: FreshContext,
): Promise<RunStart> {
  const { seed = 1, validation = defaultValidation, recipe, skipBad } = options
  if (givenRun !== undefined) checkFree(givenRun)
  const method = recipe === 'tutorial' ? 'random' : 'stratified'
  const drawn = splitDataset(dataset, { validation, seed, method })
  const maxUnreadable = skipBad ? 1 : tolerated
  requireTrainable(dataset, drawn, maxUnreadable)
  const size = options.size ?? (await usualSize(options, drawn.train, seed))
  const { path, alpha, backbone } = await chooseWeights(options, size, { signal, onProgress: onDownload })
  const planOn = (examples: readonly Example[]): Plan =>
    planFor(options, {
      classes: dataset.classNames.length,
      trainExamples: examples.length,
      weights: path,
      alpha,
      size,
      threads: options.threads ?? Math.min(availableParallelism(), mostThreads),
      layers: mobilenetV2({ alpha, size }).layers,
    })
  const { preprocessing } = planOn(drawn.train)
  const isGrouped = options.groupDuplicates ?? recipe !== 'tutorial'
  const { groups, notes: copyNotes } = isGrouped
    ? await findCopies(dataset, { preprocessing, cache, signal, onProgress: onRead })
    : { groups: [], notes: exactCopyNotes(dataset, keys) }
  const split = groups.length === 0 ? drawn : splitDataset(dataset, { validation, seed, method, groups })
  requireTrainable(dataset, split, maxUnreadable)
  const plan = planOn(split.train)
  const [train, held, test] = [split.train, split.validation, split.test]
  const data = {
    root: dataset.root,
    fingerprint,
    classNames: dataset.classNames,
    examples: { train: train.length, validation: held.length, test: test.length },
    validation: held.map(({ id }) => id),
    test: test.map(({ id }) => id),
    ...(dataset.columns === undefined ? {} : { columns: dataset.columns }),
  }
  const versions = { graft: version, node: process.version }
  signal.throwIfAborted()
  return {
    ...(givenRun === undefined ? takeFreeRun(name) : { run: givenRun, release: lockRun(givenRun) }),
    split,
    groups,
    record: { format: 1, versions, plan, maxUnreadable, backbone, data },
    notes: [...dataset.notes, ...copyNotes, ...splitNotes(dataset, split), ...choiceNotes(options, size)],
  }
}

/** The first folder that holds no run and that no other training takes at the same time. */
function takeFreeRun(name: string): Pick<RunStart, 'run' | 'release'> {
  const base = join('runs', name)
  for (let count = 2, run = base; ; count++) {
    const release = contentOf(run) === 'nothing' ? tryLockRun(run) : null
    if (release !== null) return { run, release }
    run = `${base}-${count}`
  }
}

function checkFree(run: string): void {
  const content = contentOf(run)
  if (content === 'nothing') return
  throw content === 'run'
    ? new UserError('run', `The folder "${run}" holds a run already`, {
        hint: 'name another folder with --run, or go on with this one with --resume',
      })
    : new UserError('run', `"${run}" holds other files than a run's, or is no folder`, {
        hint: 'name a new or an empty folder with --run',
      })
}

/** The side that suits the weights and the pictures. */
async function usualSize(options: TrainOptions, train: readonly Example[], seed: number): Promise<number> {
  if (options.recipe === 'tutorial') return tutorialSize
  return isEmbeddedMeant(options) ? embeddedBackbone().size : sizeFor(train, seed)
}

/** What was decided for the user. */
function choiceNotes(options: TrainOptions, size: number): string[] {
  const isOwn = isEmbeddedMeant(options)
  const better = `Starting from the small backbone that comes with Graft; "--weights mobilenet_v2_0.35_224" fetches one that knows more`
  const seen = `The network sees ${size}x${size} pixels, ${isOwn ? 'as its weights do' : 'by the size of the pictures'} (--size sets it)`
  return [
    ...(isOwn && options.weights === undefined ? [better] : []),
    ...(options.size === undefined && options.recipe !== 'tutorial' ? [seen] : []),
  ]
}
