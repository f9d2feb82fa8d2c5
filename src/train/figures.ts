/** From logits to probabilities and figures. */
import { argmax, column } from '../evaluate/argmax.ts'
import { confusionMatrix } from '../evaluate/confusion.ts'
import { accuracy, macroF1 } from '../evaluate/figures.ts'
import { rocAuc } from '../evaluate/roc.ts'
import type { Activation } from '../model/head.ts'
import type { Figures } from './types.ts'

/**
 * [N, K] probabilities of all classes from [N, logits]: a sigmoid gives two columns.
 */
export function probabilitiesOf(logits: Float32Array, activation: Activation, classes: number): Float32Array {
  const count = activation === 'sigmoid' ? logits.length : logits.length / classes
  const result = new Float32Array(count * classes)
  for (let row = 0; row < count; row++) {
    if (activation === 'sigmoid') {
      const p = 1 / (1 + Math.exp(-logits[row]!))
      result.set([1 - p, p], row * 2)
    } else softmaxRow(logits, result, row * classes, classes)
  }
  return result
}

function softmaxRow(logits: Float32Array, out: Float32Array, start: number, classes: number): void {
  let top = Number.NEGATIVE_INFINITY
  for (let k = 0; k < classes; k++) top = Math.max(top, logits[start + k]!)
  let sum = 0
  for (let k = 0; k < classes; k++) sum += Math.exp(logits[start + k]! - top)
  for (let k = 0; k < classes; k++) out[start + k] = Math.exp(logits[start + k]! - top) / sum
}

/**
 * Accuracy, F1 and AUC of N examples' probabilities.
 *
 * @param loss the mean loss, which is known from elsewhere
 */
export function figuresOf(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
  loss: number,
): Figures {
  const confusion = confusionMatrix(labels, argmax(probabilities, classes), classes)
  const auc = classes === 2 ? rocAuc(labels, column(probabilities, 2, 1)) : Number.NaN
  return {
    loss,
    accuracy: accuracy(confusion),
    macroF1: macroF1(confusion),
    rocAuc: Number.isNaN(auc) ? null : auc,
  }
}

/** Mean cross-entropy in nats of [N, logits] against labels, in float64, without overflow. */
export function crossEntropy(
  logits: Float32Array,
  labels: ArrayLike<number>,
  activation: Activation,
  classes: number,
): number {
  let sum = 0
  for (let row = 0; row < labels.length; row++) {
    if (activation === 'sigmoid') {
      const z = labels[row] === 1 ? -logits[row]! : logits[row]!
      sum += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))
    } else sum += logSumExp(logits, row * classes, classes) - logits[row * classes + labels[row]!]!
  }
  return sum / labels.length
}

function logSumExp(values: Float32Array, start: number, count: number): number {
  let top = Number.NEGATIVE_INFINITY
  for (let k = 0; k < count; k++) top = Math.max(top, values[start + k]!)
  let sum = 0
  for (let k = 0; k < count; k++) sum += Math.exp(values[start + k]! - top)
  return top + Math.log(sum)
}
