/** The pictures of a report: the surest mistakes and the closest calls, small, with their heat maps. */
import { heatPixels } from '../bundle/heat-colour.ts'
import { type Explainer, openExplainer } from '../bundle/heat-maps.ts'
import { stretchedHeat } from '../bundle/heat-picture.ts'
import type { Bundle } from '../bundle/load-bundle.ts'
import { nameOfSource, readSourceSync } from '../dataset/source.ts'
import { mostUncertain } from '../evaluate/most-uncertain.ts'
import { mostWrong } from '../evaluate/most-wrong.ts'
import type { Predictions } from '../evaluate/types.ts'
import { decodeImage } from '../pipeline/decode.ts'
import { encodeJpeg, encodePng } from '../pipeline/decode-sharp.ts'
import { fitImage } from '../pipeline/fit.ts'
import type { Image } from '../pipeline/types.ts'
import { UserError } from '../util/errors.ts'
import type { Exhibit, Gallery } from './page/types.ts'
import type { SavedPrediction } from './predictions.ts'

/** Pictures of each kind. */
const shown = 12
/** Sides of a picture, and of each part of the heat over it, in pixels. */
const side = 160
const heatScale = 8

/** The wrong and the uncertain examples of some predictions, with what can be shown of them. */
export async function galleryOf(
  bundle: Bundle,
  saved: readonly SavedPrediction[],
  predictions: Predictions,
): Promise<Gallery> {
  const wrong = mostWrong(predictions, shown)
  const isWrong = new Set(wrong.map(({ index }) => index))
  const uncertain = mostUncertain(predictions, shown + wrong.length)
    .filter(({ index }) => !isWrong.has(index))
    .slice(0, shown)
  const explainer = await openExplainer(bundle)
  try {
    const exhibit = ({
      index,
      label,
      predicted,
    }: {
      index: number
      label: number
      predicted: number
    }): Promise<Exhibit> => exhibitOf(bundle, explainer, saved[index]!, { label, predicted })
    const all = await Promise.all([...wrong, ...uncertain].map(exhibit))
    return {
      wrong: all.slice(0, wrong.length),
      uncertain: all.slice(wrong.length),
      missing: all.filter(({ picture }) => picture === null).map(({ id }) => id),
    }
  } finally {
    await explainer.close()
  }
}

async function exhibitOf(
  bundle: Bundle,
  explainer: Explainer,
  { id, source, probabilities }: SavedPrediction,
  classes: { readonly label: number; readonly predicted: number },
): Promise<Exhibit> {
  const facts = { id, probabilities, ...classes }
  const image = await imageOf(bundle, source)
  if (image === null) return { ...facts, picture: null, heat: null }
  const { preprocessing } = bundle.facts
  const square = fitImage(image, preprocessing)
  const [{ heat } = { heat: null }] = await explainer.run(square.data, [classes.predicted])
  return {
    ...facts,
    picture: dataUrl('jpeg', await encodeJpeg(fitImage(image, { ...preprocessing, size: side }))),
    heat: heat && dataUrl('png', await heatPng(heat)),
  }
}

/** Null for a file that is gone or cannot be read any more. */
async function imageOf({ facts }: Bundle, source: SavedPrediction['source']): Promise<Image | null> {
  const { background, size } = facts.preprocessing
  try {
    const options = { name: nameOfSource(source), background, atLeast: Math.max(side, size) }
    return await decodeImage(readSourceSync(source), options)
  } catch (error) {
    if (error instanceof UserError) return null
    throw error
  }
}

async function heatPng(heat: Parameters<typeof stretchedHeat>[0]): Promise<Uint8Array> {
  const [width, height] = [heat.columns * heatScale, heat.rows * heatScale]
  return encodePng({ width, height, data: heatPixels(stretchedHeat(heat, height, width)) })
}

function dataUrl(format: 'jpeg' | 'png', bytes: Uint8Array): string {
  return `data:image/${format};base64,${Buffer.from(bytes).toString('base64')}`
}
