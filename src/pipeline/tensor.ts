/** From uint8 pixels to the float32 that MobileNetV2 takes: x / 127.5 - 1, in [-1, 1] (Keras' `preprocess_input`). */

import { planesBySimd } from './tensor-kernel.ts'

const scaled: Float32Array = Float32Array.from({ length: 256 }, (_, level) => level / 127.5 - 1)

/**
 * Writes a batch of square pictures as float32 NCHW, `[N, H, W, 3] -> [N, 3, H, W]`.
 *
 * @param pixels uint8 RGB, N * size * size * 3 bytes
 * @param out receives the batch when given, from its start; longer is allowed
 * @throws RangeError when `pixels` holds no whole number of pictures, or `out` is too short
 */
export function toTensor(pixels: Uint8Array, size: number, out?: Float32Array): Float32Array {
  const batch = checked(pixels, size, out)
  const length = size * size * 3
  for (let from = 0; from < pixels.length; from += length) {
    const picture = pixels.subarray(from, from + length)
    const planes = batch.subarray(from, from + length)
    if (!planesBySimd(picture, planes)) writePlanes(picture, planes)
  }
  return batch
}

/** The plain loop, for what the kernel leaves. */
function writePlanes(picture: Uint8Array, planes: Float32Array): void {
  const plane = picture.length / 3
  for (let i = 0, from = 0; i < plane; i++, from += 3) {
    planes[i] = scaled[picture[from]!]!
    planes[plane + i] = scaled[picture[from + 1]!]!
    planes[2 * plane + i] = scaled[picture[from + 2]!]!
  }
}

/** The same as float32 NHWC, `[N, H, W, 3]` as it stands. */
export function toTensorNhwc(pixels: Uint8Array, size: number, out?: Float32Array): Float32Array {
  const batch = checked(pixels, size, out)
  for (let i = 0; i < pixels.length; i++) batch[i] = scaled[pixels[i]!]!
  return batch
}

function checked(pixels: Uint8Array, size: number, out?: Float32Array): Float32Array {
  if (pixels.length % (size * size * 3) !== 0) {
    throw new RangeError(
      `Expected whole pictures of ${size} x ${size} x 3 bytes, received ${pixels.length} bytes`,
    )
  }
  if (out !== undefined && out.length < pixels.length) {
    throw new RangeError(`Expected room for ${pixels.length} numbers, received ${out.length}`)
  }
  return out ?? new Float32Array(pixels.length)
}
