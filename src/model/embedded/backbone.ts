/**
 * The backbone that comes with the package: this project's own weights, learned from random ones by `graft distill`.
 * docs/backbone.md is its model card.
 */
import { findPackage } from '../../util/package.ts'

export interface EmbeddedBackbone {
  /** What `--weights` takes to mean it. */
  readonly id: string
  /** The file's, safetensors in half precision, with Keras' names. */
  readonly path: string
  readonly alpha: number
  /** The side of the pictures that it learned to see, in pixels. */
  readonly size: number
  readonly licence: string
  readonly source: string
  /** What docs/backbone.md measures, in a few words. */
  readonly figures: string
  /** Of the file, in hexadecimal digits. */
  readonly sha256: string
}

const file = 'weights/mobilenet_v2_035_96.safetensors'

/** @throws Error when the package is incomplete */
export function embeddedBackbone(): EmbeddedBackbone {
  return {
    id: 'embedded',
    path: findPackage(file),
    alpha: 0.35,
    size: 96,
    licence: 'Apache-2.0',
    source: 'embedded in Graft, see docs/backbone.md',
    figures: 'probes 80%, ImageNet weights 86%',
    sha256: 'a01274958fc554b3bd735ba9080cef88d27e9f45c0c87af765a45a598e40c8dc',
  }
}
