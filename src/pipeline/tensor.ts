/** From uint8 pixels to the float32 that MobileNetV2 takes: x / 127.5 - 1, in [-1, 1] (Keras' `preprocess_input`). */

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
  const plane = size * size
  for (let image = 0; image < pixels.length; image += plane * 3) {
    for (let i = 0, from = image; i < plane; i++, from += 3) {
      batch[image + i] = scaled[pixels[from]!]!
      batch[image + plane + i] = scaled[pixels[from + 1]!]!
      batch[image + 2 * plane + i] = scaled[pixels[from + 2]!]!
    }
  }
  return batch
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
