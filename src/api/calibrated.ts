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
}

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
  const [validation, test] = [
    await answersTo(file, split.validation, threads),
    await answersTo(file, split.test, threads),
  ]
  if (validation === null || validation.labels.length < fewest) return { validation, test, temperature: 1 }
  // Rounded as the file will hold it.
  const temperature = Math.fround(fitTemperature(validation))
  const tempered = (answers: ExamplePredictions | null): ExamplePredictions | null =>
    answers && divided(answers, temperature)
  return { ...mapHeldOut({ validation, test }, tempered), temperature }
}

async function answersTo(
  file: string,
  examples: readonly Example[],
  threads: number,
): Promise<ExamplePredictions | null> {
  if (examples.length === 0) return null
  const answers = await predictExamples(file, examples, { threads })
  return answers.labels.length === 0 ? null : answers
}

function divided(answers: ExamplePredictions, temperature: number): ExamplePredictions {
  const { probabilities, labels } = answers
  const tempered = temper(probabilities, probabilities.length / labels.length, temperature)
  return { ...answers, probabilities: Float32Array.from(tempered) }
}
