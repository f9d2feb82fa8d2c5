/** Everything that is needed to repeat the run, and to know what it was. */
import { type Html, html } from '../../page/html.ts'
import type { Phase } from '../../train/types.ts'
import { formatBytes, formatCount, formatDuration } from '../../util/format.ts'
import { shellLine } from '../../util/shell.ts'
import { counted } from '../../util/words.ts'
import type { RunReport } from './types.ts'

export function factsSection({ record, epochs, bestEpoch, bytes, run }: RunReport): Html {
  const { plan, data, backbone, versions } = record
  const { preprocessing, head } = plan
  const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0)
  const facts: readonly (readonly [string, Html | string | number])[] = [
    ['Data', data.root],
    ['Data fingerprint', html`<code>${data.fingerprint}</code>`],
    [
      'Examples',
      `${formatCount(data.examples.train)} train, ${formatCount(data.examples.validation)} validation, ${formatCount(data.examples.test)} test`,
    ],
    ['Backbone', `${backbone.name}, from ${backbone.source} (${backbone.licence})`],
    ['Sees', `${preprocessing.size} x ${preprocessing.size} pixels, ${preprocessing.fit}`],
    ['Head', `${head.pooling} pooling, ${head.activation}`],
    ['Recipe', plan.recipe],
    ['Batch size', plan.batchSize],
    [
      'Class weights',
      typeof plan.classWeights === 'string' ? plan.classWeights : JSON.stringify(plan.classWeights),
    ],
    ['Seed', plan.seed],
    ['Threads', plan.threads],
    ['Epochs', `${epochs.length}, the weights are of epoch ${bestEpoch}`],
    ['Time in epochs', formatDuration(seconds)],
    ['Classifier', `${run}/best.onnx, ${formatBytes(bytes)}`],
    [
      'Versions',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
  ]
  return html`<section aria-labelledby="facts"><h2 id="facts">What it was, to the letter</h2>
${repeat(record)}
<div class="scroll" tabindex="0" role="region" aria-label="Facts"><table class="facts"><tbody>
${facts.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}
</tbody></table></div>
<h3>Phases</h3>
<div class="scroll" tabindex="0" role="region" aria-label="Phases"><table>
<thead><tr><th scope="col">Phase</th><th scope="col" class="number">Epochs</th><th scope="col">Trains</th><th scope="col">Optimizer</th><th scope="col" class="number">Learning rate</th><th scope="col">Schedule</th><th scope="col">Augmentation</th></tr></thead>
<tbody>${plan.phases.map(phaseRow)}</tbody></table></div>
<details><summary>The resolved configuration</summary><pre tabindex="0">${JSON.stringify(plan, null, 2)}</pre></details>
</section>`
}

/** The command line, where the run kept it. */
function repeat({ command }: RunReport['record']): Html {
  return command === undefined
    ? html`<p class="quiet">The run did not keep its command line.</p>`
    : html`<p>This command repeats the run, to the last bit where the data, the version and the processor are the same:</p><pre tabindex="0">${shellLine(command)}</pre>`
}

function phaseRow({
  name,
  epochs,
  fromLayer,
  optimizer,
  learningRate,
  schedule,
  augmentation,
  views,
}: Phase): Html {
  const changes = Object.entries(augmentation).flatMap(([change, amount]) =>
    amount === 0 ? [] : [`${change} ${amount}`],
  )
  return html`<tr><th scope="row">${name}</th><td class="number">${epochs}</td>
<td>${fromLayer === null ? 'the head' : `the head and the backbone from layer ${fromLayer}`}</td>
<td>${optimizer.type}</td><td class="number">${learningRate}</td><td>${schedule}</td>
<td>${changes.length === 0 ? 'none' : `${counted(views, 'view')}: ${changes.join(', ')}`}</td></tr>`
}
