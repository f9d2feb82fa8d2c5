/** The WebAssembly build of mozjpeg, one for each thread: pixels, and what the decoder has to complain of. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import createJpegModule from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js'
import { type WasmInstance, webAssembly } from '../util/webassembly.ts'

/** What the WebAssembly decoders give: uint8 RGBA, not premultiplied. */
export interface Rgba {
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray
}

interface JpegModule {
  decode(bytes: Uint8Array, preserveOrientation: boolean): Rgba | null
}

/** A picture, null where decoding failed, and the lines that the decoder printed: its first warning, its error. */
export interface JpegOutcome {
  readonly picture: Rgba | null
  readonly complaints: readonly string[]
}

/** Bytes of one picture's pixels above which the decoder, whose memory never shrinks, is not kept. */
const keptBytes = 2 ** 22

let loaded: Promise<JpegModule> | undefined
let complaints: string[] = []

/** Decodes a baseline or progressive JPEG of gray or YCbCr, as its bytes lie, without regard to its metadata. */
export async function decodeJpeg(bytes: Uint8Array): Promise<JpegOutcome> {
  loaded ??= load()
  const module = await loaded
  complaints = []
  try {
    const picture = module.decode(bytes, false)
    if (picture !== null && picture.data.length > keptBytes) loaded = undefined
    return { picture, complaints }
  } catch {
    loaded = undefined // a decoder that stopped half-way is not used again
    return { picture: null, complaints }
  }
}

function load(): Promise<JpegModule> {
  const path = createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm')
  const wasm = new webAssembly.Module(readFileSync(path))
  const create = createJpegModule as unknown as (options: object) => Promise<JpegModule>
  return create({
    noInitialRun: true,
    printErr: (line: string) => complaints.push(line),
    instantiateWasm(imports: object, done: (instance: WasmInstance) => void) {
      const instance = new webAssembly.Instance(wasm, imports)
      done(instance)
      return instance.exports
    },
  })
}
