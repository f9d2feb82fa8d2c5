/** The end of a run: what the shipped file says of the held-out examples, the curve, the model card, and the report. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CardFigures } from '../bundle/card.ts'
import { type Revision, reviseBundle } from '../bundle/revise.ts'
import { type Evaluation, evaluatePredictions } from '../evaluate/evaluation.ts'
import { writeEvaluations } from '../report/evaluation-file.ts'
import { chartPng } from '../report/png.ts'
import { writePredictions } from '../report/predictions.ts'
import { trainingCurves } from '../report/training-curves.ts'
import { fileNames, readMetrics } from '../train/run-folder.ts'
import type { Outcome } from '../train/types.ts'
import { UserError } from '../util/errors.ts'
import { writeFileAtomic } from '../util/files.ts'
import { counted } from '../util/words.ts'
import { savedAnswers } from './answers.ts'
import { type CalibratedAnswers, calibratedAnswers, mapHeldOut } from './calibrated.ts'
import { writeCard } from './card.ts'
import { writeReport } from './report.ts'
import type { Prepared } from './types.ts'

export interface Ending {
  readonly bestEpoch: number
  readonly epochs: number
  seconds(): number
  /** Told what a user should know of the figures. */
  note(message: string): void
}

/**
 * Evaluates `best.onnx`, calibrates it, and writes what people look at: figures, answers, curves, card and report.
 *
 * @throws UserError `data` when more validation images than may be unreadable can no longer be read
 */
export async function finishRun(
  prepared: Prepared,
  { bestEpoch, epochs, seconds, note }: Ending,
): Promise<Outcome> {
  const { request, split, dataset } = prepared
  const { run, plan } = request
  const file = join(run, fileNames.best)
  const answers = await calibratedAnswers(file, split, plan.threads)
  checkAnswered(prepared, answers, note)
  const evaluations = mapHeldOut(answers, given => given && evaluatePredictions(given))
  const { validation } = evaluations
  reviseFile(file, { temperature: answers.temperature, figures: mapHeldOut(evaluations, figuresOf) })
  writeEvaluations(run, evaluations)
  writePredictions(run, savedAnswers(answers, dataset.classNames))
  await drawCurves(prepared)
  writeCard(prepared, { bestEpoch, seconds: seconds() })
  await writeReport(run)
  return {
    run,
    examples: validation?.examples ?? 0,
    accuracy: validation?.accuracy ?? null,
    accuracyInterval: validation?.accuracyInterval ?? null,
    loss: validation?.loss ?? null,
    macroF1: validation?.macroF1 ?? null,
    rocAuc: validation?.rocAuc ?? null,
    bestEpoch,
    epochs,
    seconds: seconds(),
  }
}

/**
 * Training has looked at the validation images: of those that have gone since, the figures would be others than those
 * of the epochs. Test images are opened here for the first time.
 */
function checkAnswered(
  { request, split }: Prepared,
  { unreadable }: CalibratedAnswers,
  note: Ending['note'],
): void {
  const { validation, test } = unreadable
  const [gone] = validation
  const looked = split.train.length + split.validation.length
  if (gone !== undefined && validation.length > request.maxUnreadable * looked) {
    const some = `${validation.length} of ${counted(split.validation.length, 'validation image')}`
    throw new UserError(
      'data',
      `The network is trained, but ${some} cannot be read any more: ${gone.reason}`,
      {
        hint: 'restore the files and finish the run with --resume',
      },
    )
  }
  const [first] = [...validation, ...test]
  if (first === undefined) return
  const held = split.validation.length + split.test.length
  const some = `${validation.length + test.length} of ${counted(held, 'held-out image')}`
  note(`The final figures are without ${some}, which cannot be read: ${first.reason}`)
}

function reviseFile(path: string, revision: Revision): void {
  writeFileAtomic(path, reviseBundle(readFileSync(path), revision))
}

function figuresOf(evaluation: Evaluation | null): CardFigures | null {
  if (evaluation === null) return null
  const { examples, accuracy, loss, macroF1, rocAuc } = evaluation
  return { examples, accuracy, loss, macroF1, rocAuc }
}

async function drawCurves({ request, name }: Prepared): Promise<void> {
  const records = readMetrics(request.run).map(({ validation, ...record }) => ({
    ...record,
    validation: validation ?? { loss: null, accuracy: null },
  }))
  const { svg } = trainingCurves(records, { title: name })
  writeFileAtomic(join(request.run, 'curves.svg'), svg)
  writeFileAtomic(join(request.run, 'curves.png'), await chartPng(svg))
}
