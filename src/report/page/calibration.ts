/** Whether it is right as often as it is sure: the reliability diagram, before and after temperature scaling. */
import { expectedCalibrationError, type ReliabilityBin, reliabilityBins } from '../../evaluate/calibration.ts'
import { fitTemperature, temper } from '../../evaluate/temperature.ts'
import { classCount, type Predictions } from '../../evaluate/types.ts'
import { type Html, html } from '../../page/html.ts'
import { formatPercent } from '../../util/format.ts'
import { dot, line, type Mark } from '../chart.ts'
import { chartFigure, series } from './chart-figure.ts'

const bins = 10

/**
 * @param predictions what the shipped file answers
 * @param temperature what it divides its logits by
 */
export function calibrationSection(predictions: Predictions, temperature: number, split: string): Html {
  const classes = classCount(predictions)
  // A file that is not scaled shows what scaling would do; a scaled one, what it was like without.
  const isScaled = temperature !== 1
  const factor = isScaled ? 1 / temperature : fitTemperature(predictions)
  const other = { ...predictions, probabilities: temper(predictions.probabilities, classes, factor) }
  const [before, after] = isScaled ? [other, predictions] : [predictions, other]
  const [errorBefore, errorAfter] = [errorOf(before), errorOf(after)]
  const fitted = isScaled ? temperature : factor
  return html`<section aria-labelledby="calibration"><h2 id="calibration">Whether it is right as often as it is sure</h2>
<div class="charts">${chartFigure({
    title: 'Reliability',
    description: `Reliability diagram: the expected calibration error is ${formatPercent(errorBefore, 2)} as trained and ${formatPercent(errorAfter, 2)} with temperature ${fitted.toFixed(2)}`,
    caption:
      'Pictures are sorted by confidence; each dot is a tenth of the scale, the larger the more pictures. On the dashed line it is right exactly as often as it says. Below: too sure of itself. Above: too modest.',
    x: { label: 'Confidence', domain: [0, 1], format: '.0%' },
    y: { label: 'Accuracy', domain: [0, 1], format: '.0%' },
    height: 340,
    legend: [
      ['as trained', series.second],
      [`temperature ${fitted.toFixed(2)}`, series.first],
    ],
    marks: [
      line(
        [
          [0, 0],
          [1, 1],
        ],
        { stroke: series.quiet, strokeDasharray: '5 4' },
      ),
      ...curve(reliabilityBins(before, bins), series.second),
      ...curve(reliabilityBins(after, bins), series.first),
    ],
  })}
<div class="card"><h3>Temperature scaling</h3>
<table><thead><tr><td></td><th scope="col" class="number">Expected calibration error</th></tr></thead>
<tbody><tr><th scope="row">as trained</th><td class="number">${formatPercent(errorBefore, 2)}</td></tr>
<tr><th scope="row">divided by ${fitted.toFixed(3)}</th><td class="number">${formatPercent(errorAfter, 2)}</td></tr></tbody></table>
<p>${temperatureWords(fitted, isScaled)}</p>
<p class="quiet">Fitted on the validation examples${split === 'validation' ? ', so that the second figure flatters a little' : ', seen here on the test examples'}. It changes how sure the answers are, never which answer comes first (Guo et al. 2017).</p></div>
</div></section>`
}

function errorOf(predictions: Predictions): number {
  return expectedCalibrationError(reliabilityBins(predictions))
}

function temperatureWords(temperature: number, isScaled: boolean): string {
  const nature =
    temperature > 1.05 ? 'too sure of itself' : temperature < 0.95 ? 'too modest' : 'well calibrated'
  return isScaled
    ? `As trained it was ${nature}; the classifier in this folder divides its logits by ${temperature.toFixed(3)}.`
    : `As trained it is ${nature}. The classifier in this folder is not scaled; this is what scaling would do.`
}

function curve(all: readonly ReliabilityBin[], stroke: string): Mark[] {
  const filled = all.filter(({ count }) => count > 0)
  const most = Math.max(...filled.map(({ count }) => count))
  return [
    line(filled, { x: 'confidence', y: 'accuracy', stroke, strokeWidth: 1.5 }),
    dot(filled, {
      x: 'confidence',
      y: 'accuracy',
      fill: stroke,
      r: (bin: ReliabilityBin) => 3 + 6 * Math.sqrt(bin.count / most),
    }),
  ]
}
