/** The files that a run is for: the best epoch's classifier, and the last one's. */
import { join } from 'node:path'
import { buildBundle } from '../bundle/build.ts'
import type { BundleCard, CardFigures } from '../bundle/card.ts'
import type { Familiar } from '../bundle/familiar.ts'
import type { Tensor } from '../graph/types.ts'
import { writeFileAtomic } from '../util/files.ts'
import { backboneOf, headOf } from './network.ts'
import type { TrainerRequest } from './phase-work.ts'
import { fileNames, readMetrics } from './run-folder.ts'
import type { Trained } from './trainer.ts'

/** What a bundle says of its data and backbone; the rest is known when training ends. */
export type CardBase = Pick<BundleCard, 'createdBy' | 'createdAt' | 'backbone' | 'data'>

/** Writes `best.onnx` and `last.onnx`; each can refuse what it does not know. */
export function writeBundles(request: TrainerRequest & { readonly card: CardBase }, trained: Trained): void {
  const { best, last, familiar, lastFamiliar } = trained
  writeBundle(request, fileNames.last, { weights: last, epoch: trained.epochs, familiar: lastFamiliar })
  writeBundle(request, fileNames.best, { weights: best, epoch: trained.bestEpoch, familiar })
}

interface Shipped {
  readonly weights: ReadonlyMap<string, Tensor>
  readonly epoch: number
  readonly familiar: Familiar | null
}

function writeBundle(
  { run, plan, classNames, split, card }: TrainerRequest & { readonly card: CardBase },
  file: string,
  { weights, epoch, familiar }: Shipped,
): void {
  const record = readMetrics(run).find(line => line.epoch === epoch)
  const held = record?.validation
  const validation: CardFigures | null = held ? { examples: split.validation.length, ...held } : null
  const bytes = buildBundle({
    backbone: backboneOf(plan),
    weights,
    head: headOf(plan, classNames.length),
    preprocessing: plan.preprocessing,
    classNames,
    familiar: familiar ?? undefined,
    card: {
      ...card,
      training: { recipe: plan.recipe, seed: plan.seed, epoch },
      figures: { validation, test: null },
    },
  })
  writeFileAtomic(join(run, file), bytes)
}
