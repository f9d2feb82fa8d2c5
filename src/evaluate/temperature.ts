/** Temperature scaling: one number that makes confidence honest without changing any answer. */
import { classCount, type Numbers, type Predictions } from './types.ts'

/** The range that is searched: beyond it the network says next to nothing, or has no doubts. */
const [coldest, hottest] = [0.05, 20]
const golden = (Math.sqrt(5) - 1) / 2
const steps = 60
/** Of the temperature's logarithm: what lies below shows in no probability. */
const precision = 1e-4

/**
 * The probabilities that a network would give, were its logits divided by a temperature: above 1 it is less sure of
 * itself, below 1 more (Guo et al. 2017, section 4.2). The order of the classes stays.
 *
 * @param probabilities [N, K] row-major
 * @returns float64 [N, K], each row adding up to 1
 * @throws RangeError when the temperature is not above 0
 */
export function temper(probabilities: Numbers, classes: number, temperature: number): Float64Array {
  if (!(temperature > 0)) throw new RangeError(`Expected a temperature above 0. Received: ${temperature}`)
  const result = new Float64Array(probabilities.length)
  for (let start = 0; start < probabilities.length; start += classes) {
    const logits = Float64Array.from(
      { length: classes },
      (_, k) => logOf(probabilities[start + k]!) / temperature,
    )
    const most = Math.max(...logits)
    const powers = logits.map(logit => Math.exp(logit - most))
    const sum = powers.reduce((a, b) => a + b, 0)
    powers.forEach((power, k) => {
      result[start + k] = power / sum
    })
  }
  return result
}

/** The smallest float32 above 0 stands for what was rounded to 0. */
function logOf(probability: number): number {
  return Math.log(Math.max(probability, 2 ** -149))
}

/**
 * The temperature that fits labelled examples best: the least cross-entropy of tempered probabilities.
 *
 * The targets are those of Platt (1999, section 2.2), a little short of certainty: 1 - 1/(N + 2) for the label. With
 * few examples and no mistake among them, targets of 1 would ask for boundless confidence.
 *
 * @throws RangeError when the shapes do not fit
 */
export function fitTemperature(predictions: Predictions): number {
  const loss = smoothedLoss(predictions)
  return Math.exp(minimum(at => loss(Math.exp(at)), Math.log(coldest), Math.log(hottest)))
}

/**
 * The cross-entropy by temperature: of each row log(sum of exp(z / T)) - target . z / T, where the second term's product
 * does not depend on T.
 */
function smoothedLoss(predictions: Predictions): (temperature: number) => number {
  const classes = classCount(predictions)
  const { probabilities, labels } = predictions
  const doubt = 1 / (labels.length + 2)
  const logits = Float64Array.from(probabilities, logOf)
  let wanted = 0
  logits.forEach((logit, at) => {
    const isLabel = labels[Math.floor(at / classes)] === at % classes
    wanted += logit * (isLabel ? 1 - doubt : doubt / (classes - 1))
  })
  return temperature => {
    let sum = -wanted / temperature
    for (let start = 0; start < logits.length; start += classes)
      sum += logSumExp(logits.subarray(start, start + classes), temperature)
    return sum
  }
}

function logSumExp(logits: Float64Array, temperature: number): number {
  const most = logits.reduce((a, b) => Math.max(a, b))
  let sum = 0
  for (const logit of logits) sum += Math.exp((logit - most) / temperature)
  return most / temperature + Math.log(sum)
}

/** Golden-section search (Kiefer 1953): cross-entropy is convex in 1 / T, so along log T it has one valley. */
function minimum(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high]
  let [c, d] = [b - golden * (b - a), a + golden * (b - a)]
  let [atC, atD] = [f(c), f(d)]
  for (let step = 0; step < steps && b - a > precision; step++) {
    if (atC <= atD) {
      ;[b, d, atD] = [d, c, atC]
      c = b - golden * (b - a)
      atC = f(c)
    } else {
      ;[a, c, atC] = [c, d, atD]
      d = a + golden * (b - a)
      atD = f(d)
    }
  }
  return (a + b) / 2
}
