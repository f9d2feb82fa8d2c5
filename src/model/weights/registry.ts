/**
 * Weights that their publishers offer for download.
 *
 * Keras Applications (Apache-2.0): MobileNetV2 trained on ImageNet, one file for each width and side. Names and address
 * and accuracies as in keras/src/applications/mobilenet_v2.py, which lists the 22 files. Keras publishes no checksums
 * for them (its `get_file` call has no `file_hash`), so the first download pins what it got: see `fetchPublished`.
 */
import { UserError } from '../../util/errors.ts'

export interface PublishedWeights {
  /** Such as "mobilenet_v2_0.35_96". */
  readonly id: string
  readonly alpha: number
  /** The side of the training images, in pixels. */
  readonly size: number
  readonly url: string
  /** The name in the cache, the publisher's own. */
  readonly fileName: string
  /** null: the publisher gives none. */
  readonly sha256: string | null
  readonly bytes: number | null
  readonly publisher: string
  readonly license: string
  /** Share of ImageNet's validation images whose first guess is right, 0..1, as the publisher states it. */
  readonly top1: number
}

export const publishedAlphas: readonly number[] = [0.35, 0.5, 0.75, 1, 1.3, 1.4]
export const publishedSizes: readonly number[] = [96, 128, 160, 192, 224]

/** ImageNet's top-1 accuracy in percent, by width, in the order of the sizes. */
const top1: Readonly<Record<number, readonly number[]>> = {
  0.35: [45.5, 50.8, 55.7, 58.2, 60.3],
  0.5: [51.2, 57.7, 61.0, 63.9, 65.4],
  0.75: [58.8, 63.2, 66.4, 68.7, 69.8],
  1: [60.3, 65.3, 68.8, 70.7, 71.8],
  1.3: [74.4],
  1.4: [75.0],
}

const base = 'https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/'

/** All published weights, by width, then by size. Widths above 1 exist at 224 only. */
export const published: readonly PublishedWeights[] = publishedAlphas.flatMap(alpha =>
  publishedSizes.filter(size => alpha <= 1 || size === 224).map(size => kerasWeights(alpha, size)),
)

function kerasWeights(alpha: number, size: number): PublishedWeights {
  const width = Number.isInteger(alpha) ? alpha.toFixed(1) : String(alpha) // as Python prints a float
  const fileName = `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_${width}_${size}_no_top.h5`
  return {
    id: `mobilenet_v2_${width}_${size}`,
    alpha,
    size,
    url: base + fileName,
    fileName,
    sha256: null,
    bytes: null,
    publisher: 'Keras Applications',
    license: 'Apache-2.0',
    top1: top1[alpha]!.at(alpha > 1 ? 0 : publishedSizes.indexOf(size))! / 100,
  }
}

/**
 * The published weights for a width, trained at the side that is nearest to the wanted one (the larger of two).
 *
 * @throws UserError `weights` when nobody publishes that width
 */
export function publishedFor(alpha: number, size: number): PublishedWeights {
  const [nearest] = published
    .filter(entry => entry.alpha === alpha)
    .sort((a, b) => Math.abs(a.size - size) - Math.abs(b.size - size) || b.size - a.size)
  if (nearest !== undefined) return nearest
  throw new UserError('weights', `No weights are published for MobileNetV2 of alpha ${alpha}`, {
    hint: `choose one of ${publishedAlphas.join(', ')}, or give your own with --weights`,
  })
}
