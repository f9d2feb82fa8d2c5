/** The text that lies beside an exported layers model: what each file is, and how a page runs it. */
import type { BundleFacts } from '../bundle/facts.ts'
import type { Preprocessing } from '../pipeline/types.ts'
import { version } from '../util/version.ts'

export function tfjsReadme({ classNames, preprocessing, card }: BundleFacts, title: string): string {
  const { size } = preprocessing
  return `# ${title.replaceAll(/[\r\n]+/g, ' ')}

A classifier of ${classNames.length} classes for TensorFlow.js, made by Graft ${version} from ${card.backbone.name} (${card.backbone.licence}).

| file | what it is |
|---|---|
| \`model.json\`, \`weights.bin\` | a layers model: what \`tf.loadLayersModel\` loads |
| \`metadata.json\` | the labels and the picture's size, as Teachable Machine's library reads them |
| \`labels.js\`, \`labels.d.ts\` | the classes in the order of the outputs, and their union as a TypeScript type |

The model takes float32 [N, ${size}, ${size}, 3]: upright sRGB pixels, each level x as x / 127.5 - 1. It gives
[N, ${classNames.length}], the probabilities in the order of the labels.

${fitSentence(preprocessing)} Graft shrinks pictures with a filter that
looks at every pixel; \`tf.image.resizeBilinear\` skips most of a large one, and answers then differ from Graft's. A
canvas comes closer: draw the picture into one of ${size} x ${size} with \`imageSmoothingQuality = 'high'\`.

\`\`\`js
import * as tf from '@tensorflow/tfjs'
import { labels } from './labels.js'

const model = await tf.loadLayersModel('model.json')
const canvas = new OffscreenCanvas(${size}, ${size})
const context = canvas.getContext('2d')
context.imageSmoothingQuality = 'high'
context.drawImage(picture, 0, 0, ${size}, ${size})
const pixels = context.getImageData(0, 0, ${size}, ${size})
const scores = tf.tidy(() => model.predict(tf.browser.fromPixels(pixels).toFloat().div(127.5).sub(1).expandDims()))
console.log(labels.map((label, k) => [label, scores.dataSync()[k]]))
\`\`\`

Graft reads this folder back as weights to begin from: \`graft train photos/ --weights this-folder\`.
`
}

function fitSentence({ fit, size, background }: Preprocessing): string {
  switch (fit) {
    case 'squash':
      return `It was trained on pictures stretched to ${size} x ${size}.`
    case 'crop':
      return `It was trained on the square in the middle of each picture, resized to ${size} x ${size}.`
    case 'pad':
      return `It was trained on whole pictures within ${size} x ${size}, between bars of rgb(${background.join(', ')}).`
  }
}
