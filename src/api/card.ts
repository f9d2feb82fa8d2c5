/** The model card of a run, from what the run folder holds: its README. */
import { join } from 'node:path'
import { loadBundle } from '../bundle/load-bundle.ts'
import type { Example, Split } from '../dataset/types.ts'
import { readCrossValidation } from '../report/cross-validation-file.ts'
import { readEvaluations } from '../report/evaluation-file.ts'
import { modelCard } from '../report/model-card.ts'
import type { ModelCard } from '../report/types.ts'
import { fileNames } from '../train/run-folder.ts'
import { writeFileAtomic } from '../util/files.ts'
import { version } from '../util/version.ts'
import type { Prepared } from './types.ts'

/** How the training ended, beside what its folder says. */
export interface CardEnding {
  readonly bestEpoch: number
  readonly seconds: number
}

/** Writes the card; none for a run that held no validation example, since nothing is known of its classifier. */
export function writeCard(prepared: Prepared, { bestEpoch, seconds }: CardEnding): void {
  const { request, name, split } = prepared
  const { run, plan, card } = request
  const { validation, test } = readEvaluations(run) ?? { validation: null, test: null }
  if (validation === null) return
  const text = modelCard({
    run,
    files: { bundle: fileNames.best, curve: 'curves.png' },
    version,
    date: new Date().toISOString().slice(0, 10),
    dataset: { name, split: splitSentence(split) },
    classes: classesOf(prepared),
    backbone: card.backbone,
    training: {
      recipe: plan.recipe,
      seed: plan.seed,
      phases: plan.phases.map(({ name, epochs, learningRate }) => ({ name, epochs, learningRate })),
      bestEpoch,
      seconds,
    },
    preprocessing: plan.preprocessing,
    refuses: loadBundle(join(run, fileNames.best)).facts.reject !== undefined,
    validation,
    test,
    crossValidation: readCrossValidation(run),
  })
  writeFileAtomic(join(run, 'README.md'), text)
}

function classesOf({ dataset, split }: Prepared): ModelCard['classes'] {
  const count = (examples: readonly Example[], label: number): number =>
    examples.filter(example => example.label === label).length
  return dataset.classNames.map((name, label) => ({
    name,
    train: count(split.train, label),
    validation: count(split.validation, label),
  }))
}

function splitSentence({ validation }: Split): string {
  if (validation.some(example => example.split !== null))
    return 'The data itself names the validation examples.'
  return `${validation.length} examples were drawn for validation by a seeded shuffle and never trained on.`
}
