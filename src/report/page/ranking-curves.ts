/** How well the probabilities rank: the ROC curve, and precision against recall. */
import { column } from '../../evaluate/argmax.ts'
import { averagePrecision, precisionRecallCurve } from '../../evaluate/precision-recall.ts'
import { rocAuc, rocCurve } from '../../evaluate/roc.ts'
import { classCount, type Numbers, type Predictions } from '../../evaluate/types.ts'
import { type Html, html } from '../../page/html.ts'
import { formatCount } from '../../util/format.ts'
import { randomOf, shuffled } from '../../util/random.ts'
import { line, type Mark, ruleY } from '../chart.ts'
import { type AxisOptions, chartFigure, series } from './chart-figure.ts'
import { score } from './words.ts'

/** Points of a drawn curve that are nearer than this, in parts of the frame's side, cannot be told apart. */
const nearest = 1 / 400
/** Pairs of example and class from which curves of many classes are drawn: more change nothing that can be seen. */
const mostPairs = 100_000

interface XY {
  readonly x: number
  readonly y: number
}

/** One binary question: which of the examples, or of the pairs of example and class, are so. */
interface Question {
  readonly labels: Numbers
  readonly scores: Numbers
  /** What a high score means. */
  readonly of: string
}

/** Both curves; nothing where all examples are of one class. */
export function rankingSection(predictions: Predictions, classNames: readonly string[]): Html {
  const question = questionOf(predictions, classNames)
  const area = rocAuc(question.labels, question.scores)
  if (Number.isNaN(area)) return html``
  return html`<section aria-labelledby="ranking"><h2 id="ranking">How well it ranks</h2>
<p class="quiet">Whether it says yes or no depends on where one draws the line; these curves show all lines at once, for ${question.of}.</p>
<div class="charts">${rocFigure(question, area)}${precisionRecallFigure(question)}</div></section>`
}

/** Of two classes the second; of more, all pairs of example and class together (micro-average). */
function questionOf(predictions: Predictions, classNames: readonly string[]): Question {
  const classes = classCount(predictions)
  const { probabilities, labels } = predictions
  if (classes === 2)
    return {
      labels,
      scores: column(probabilities, 2, 1),
      of: `“${classNames[1]}” against “${classNames[0]}”`,
    }
  const step = Math.ceil(probabilities.length / mostPairs)
  const order = shuffled(
    Array.from(labels, (_, row) => row),
    randomOf(1, 'curves'),
  )
  const rows = order.slice(0, Math.ceil(order.length / step))
  const some = step === 1 ? 'all' : `${formatCount(rows.length)} of ${formatCount(labels.length)}`
  return {
    labels: rows.flatMap(row => Array.from({ length: classes }, (_, k) => (labels[row] === k ? 1 : 0))),
    scores: rows.flatMap(row => Array.from({ length: classes }, (_, k) => probabilities[row * classes + k]!)),
    of: `every class against the others, ${some} pictures and all classes together`,
  }
}

function rocFigure({ labels, scores }: Question, area: number): Html {
  const { falsePositiveRate, truePositiveRate } = rocCurve(labels, scores)
  const points = thinned(falsePositiveRate.map((x, i) => ({ x, y: truePositiveRate[i]! })))
  return chartFigure({
    title: `ROC curve, area ${score(area)}`,
    description: `ROC curve: the area under it is ${score(area)}, where 0.5 is guessing and 1 is perfect`,
    caption:
      'Up: found of those that are so. Right: false alarms among those that are not. The dashed line is guessing; the nearer the corner at the top left, the better.',
    x: { ...share, label: 'False positive rate' },
    y: { ...share, label: 'True positive rate' },
    marks: [
      line(
        [
          { x: 0, y: 0 },
          { x: 1, y: 1 },
        ],
        { x: 'x', y: 'y', stroke: series.quiet, strokeDasharray: '5 4' },
      ),
      curve(points),
    ],
  })
}

function precisionRecallFigure({ labels, scores }: Question): Html {
  const { precision, recall } = precisionRecallCurve(labels, scores)
  const average = averagePrecision(labels, scores)
  // Above the highest threshold nothing is called so; the curve begins as precise as at its first point.
  const points = thinned([{ x: 0, y: precision[0]! }, ...recall.map((x, i) => ({ x, y: precision[i]! }))])
  const positives = Array.from(labels).filter(label => label === 1).length
  return chartFigure({
    title: `Precision and recall, average ${score(average)}`,
    description: `Precision against recall: the average precision is ${score(average)}`,
    caption:
      'Right: found of those that are so. Up: true among those called so. The dashed line is guessing: the share of examples that are so.',
    x: { ...share, label: 'Recall' },
    y: { ...share, label: 'Precision' },
    marks: [
      ruleY([positives / labels.length], { stroke: series.quiet, strokeDasharray: '5 4' }),
      curve(points),
    ],
  })
}

const share: Omit<AxisOptions, 'label'> = {
  domain: [0, 1],
  format: '.1~f',
  ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
}

function curve(points: readonly XY[]): Mark {
  return line(points, { x: 'x', y: 'y', stroke: series.first, strokeWidth: 2 })
}

/** Without the points that lie within a pixel of the last one that was kept; the last one stays. */
function thinned(points: readonly XY[]): XY[] {
  const kept: XY[] = []
  points.forEach((point, i) => {
    const before = kept.at(-1)
    const isFar = before === undefined || Math.hypot(point.x - before.x, point.y - before.y) > nearest
    if (isFar || i === points.length - 1) kept.push(point)
  })
  return kept
}
