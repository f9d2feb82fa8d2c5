/** What a run's classifier answers to the examples held out, made honest about how sure it is. */
import type { Example, Split } from '../dataset/types.ts'
import { fitTemperature, temper } from '../evaluate/temperature.ts'
import { type ExamplePredictions, predictExamples } from './evaluate.ts'

/** One thing for each split that is held out. */
export interface HeldOut<Value> {
  readonly validation: Value
  readonly test: Value
}

export function mapHeldOut<From, To>(
  { validation, test }: HeldOut<From>,
  change: (value: From) => To,
): HeldOut<To> {
  return { validation: change(validation), test: change(test) }
}

/** The answers of the file once its logits are divided by the temperature. */
export interface CalibratedAnswers extends HeldOut<ExamplePredictions | null> {
  readonly temperature: number
  /** Examples that could not be read. */
  readonly unreadable: HeldOut<Unread>
}

type Unread = ExamplePredictions['unreadable']
type Answers = [validation: ExamplePredictions | null, test: ExamplePredictions | null]

/** Validation examples from which a temperature is fitted: fewer say too little about confidence. */
const fewest = 50

/**
 * Asks a trained classifier, and fits its temperature on validation; the test examples have no part in it.
 *
 * @param file whose own temperature is 1
 * @returns null for a split without examples, or of which none can be read
 */
export async function calibratedAnswers(
  file: string,
  split: Split,
  threads: number,
): Promise<CalibratedAnswers> {
  const all = [
    await answersTo(file, split.validation, threads),
    await answersTo(file, split.test, threads),
  ] as const
  const [ofValidation, ofTest] = all.map(answers => answers?.unreadable ?? []) as [Unread, Unread]
  const unreadable = { validation: ofValidation, test: ofTest }
  const [validation, test] = all.map(answers => (answers?.labels.length ? answers : null)) as Answers
  if (validation === null || validation.labels.length < fewest)
    return { validation, test, temperature: 1, unreadable }
  // Rounded as the file will hold it.
  const temperature = Math.fround(fitTemperature(validation))
  const tempered = (answers: ExamplePredictions | null): ExamplePredictions | null =>
    answers && divided(answers, temperature)
  return { ...mapHeldOut({ validation, test }, tempered), temperature, unreadable }
}

async function answersTo(
  file: string,
  examples: readonly Example[],
  threads: number,
): Promise<ExamplePredictions | null> {
  return examples.length === 0 ? null : predictExamples(file, examples, { threads })
}

function divided(answers: ExamplePredictions, temperature: number): ExamplePredictions {
  const { probabilities, labels } = answers
  const tempered = temper(probabilities, probabilities.length / labels.length, temperature)
  return { ...answers, probabilities: Float32Array.from(tempered) }
}
