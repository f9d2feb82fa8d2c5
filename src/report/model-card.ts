/** The README of a run folder: what the model is, how good, how to use it, and what it cannot do. */
import { formatCount, formatDuration } from '../util/format.ts'
import { classSection, figureSection } from './card-figures.ts'
import { foldSection } from './card-folds.ts'
import { usageSection } from './card-usage.ts'
import { code, escapeMarkdown, table } from './markdown.ts'
import type { ModelCard } from './types.ts'

/** The model card as Markdown. */
export function modelCard(card: ModelCard): string {
  const sections = [
    introduction,
    figureSection,
    foldSection,
    classSection,
    usageSection,
    trainingSection,
    limitSection,
    licenceSection,
  ]
  const texts = sections.map(section => section(card)).filter(text => text !== null)
  return `${texts.join('\n\n')}\n`
}

function introduction({ run, files, dataset, backbone, classes, version, date }: ModelCard): string {
  const name = run.split(/[\\/]/).findLast(part => part !== '') ?? run
  return [
    `# ${escapeMarkdown(name)}`,
    '',
    `An image classifier that tells ${formatCount(classes.length)} classes apart: ${escapeMarkdown(backbone.name)}, taught on`,
    `${escapeMarkdown(dataset.name)} by Graft ${version} on ${date}. The whole model is one file, ${code(files.bundle)}.`,
    '',
    `![Accuracy and loss over the epochs](${files.curve})`,
  ].join('\n')
}

function trainingSection({ dataset, classes, training, preprocessing }: ModelCard): string {
  const { recipe, seed, phases, bestEpoch, seconds } = training
  const total = (part: 'train' | 'validation'): string =>
    formatCount(classes.reduce((sum, one) => sum + one[part], 0))
  const rows = phases.map(({ name, epochs, learningRate }) => [
    escapeMarkdown(name),
    `${epochs}`,
    `${learningRate}`,
  ])
  return [
    '## How it was made',
    '',
    `From ${total('train')} training and ${total('validation')} validation examples. ${dataset.split}`,
    `${fitWords[preprocessing.fit]} ${preprocessing.size} x ${preprocessing.size} pixels.`,
    `Recipe ${code(recipe)}, seed ${seed}, ${formatDuration(seconds)}; the weights are those of epoch ${bestEpoch}.`,
    '',
    table(['phase', 'epochs', 'learning rate'], rows),
  ].join('\n')
}

const fitWords: Readonly<Record<ModelCard['preprocessing']['fit'], string>> = {
  squash: 'The whole picture is squashed to',
  pad: 'The whole picture is padded to a square and shrunk to',
  crop: 'The middle of the picture is cut to a square and shrunk to',
}

function limitSection({ classes, preprocessing, refuses }: ModelCard): string {
  const { size } = preprocessing
  return [
    '## What it cannot do',
    '',
    `- It knows its ${formatCount(classes.length)} classes and nothing else: a picture of something else still gets one of them,`,
    ...(refuses ? refusal : otherwise),
    '- The figures hold for pictures like those it was shown. Another camera, season or place can make it worse:',
    '  evaluate it on pictures of yours.',
    `- What cannot be seen in ${size} x ${size} pixels cannot be told apart.`,
    '- It may have learned whatever went with a class in the training pictures, such as a background.',
  ].join('\n')
}

const refusal = [
  '  marked `unknown` where it is unlike all training pictures. It does not notice every stranger, and now and then calls',
  '  a picture of its own classes unknown.',
]
const otherwise = ['  at times with a high score. Give it a class of such pictures if that matters.']

function licenceSection({ backbone, dataset }: ModelCard): string {
  return [
    '## Licence',
    '',
    `The backbone's weights are from ${escapeMarkdown(backbone.source)}, under ${escapeMarkdown(backbone.licence)}.`,
    `What may be done with the model also depends on the terms of the pictures in ${escapeMarkdown(dataset.name)}.`,
    'Graft lays no claim to it.',
  ].join('\n')
}
