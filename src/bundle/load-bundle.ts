/** Reading a bundle, with the distrust that a file from elsewhere deserves. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readOnnx, readOnnxMetadata } from '../graph/onnx/read.ts'
import type { Graph } from '../graph/types.ts'
import { messageOf, UserError } from '../util/errors.ts'
import { formatBytes } from '../util/format.ts'
import { bundleFileName } from './build.ts'
import { type BundleFacts, readFacts } from './facts.ts'
import { checkInterface } from './interface.ts'
import { isSealed } from './seal.ts'

/** A bundle that was read and checked. */
export interface Bundle {
  /** The file as the user gave it, for messages. */
  readonly name: string
  /** From `image`, uint8 [N, H, W, 3], to `probabilities`, float32 [N, K], and `unfamiliarity`, float32 [N], if it refuses. */
  readonly graph: Graph
  readonly facts: BundleFacts
}

/** The largest file that is read, in bytes. */
const maxBytes = 2 ** 30

/**
 * Reads a bundle: a file, the `best.onnx` of a run folder, or bytes.
 *
 * Only operators that Graft knows are let in: none of them loops, reads files or calls other code.
 *
 * @throws UserError `model` when there is none, it is damaged, altered, no bundle of Graft's, or of a newer version
 */
export function loadBundle(model: string | URL | Uint8Array): Bundle {
  const name = nameOf(model)
  const bytes = plain(model instanceof Uint8Array ? model : readBundleFile(name))
  const text = readOnnxMetadata(bytes, name)['graft']
  if (text === undefined) {
    throw new UserError('model', `Cannot use "${name}": it is no bundle made by Graft, or it was cut short`, {
      hint: 'give a run folder, or the .onnx file that a training wrote into it',
    })
  }
  const facts = readFacts(text, name)
  if (!isSealed(bytes)) {
    throw new UserError('model', `Cannot use "${name}": its content is not what was written into it`, {
      hint: 'fetch the file again; a bundle that another program has saved is for that program only',
    })
  }
  return { name, graph: readGraph(bytes, facts, name), facts }
}

function readGraph(bytes: Uint8Array, facts: BundleFacts, name: string): Graph {
  const { graph } = readOnnx(bytes, name)
  try {
    checkInterface(graph, facts)
  } catch (cause) {
    throw new UserError('model', `Cannot use "${name}" as a classifier: ${messageOf(cause)}`, { cause })
  }
  return graph
}

function nameOf(model: string | URL | Uint8Array): string {
  if (model instanceof Uint8Array) return 'the model'
  const text = model instanceof URL ? model.href : model
  if (typeof text !== 'string')
    throw new TypeError(`Expected a path, a file: URL or bytes. Received: ${typeof text}`)
  if (/^file:/i.test(text)) return fileURLToPath(text)
  if (!/^[a-z]{2,}:\/\//i.test(text)) return text
  throw new UserError('model', `Cannot load "${text}": only files are read, nothing is fetched`, {
    hint: 'download the file and give its path, or fetch its bytes and give those',
  })
}

function readBundleFile(path: string): Uint8Array {
  try {
    const file = statSync(path).isDirectory() ? join(path, bundleFileName) : path
    const status = statSync(file)
    if (!status.isFile()) throw new Error('it is no plain file')
    if (status.size > maxBytes)
      throw new Error(`it holds ${formatBytes(status.size)}, at most ${formatBytes(maxBytes)} are read`)
    return readFileSync(file)
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** A Buffer's `slice` shares memory where a Uint8Array's copies, so readers get no Buffers. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}

function unreadable(path: string, cause: unknown): UserError {
  const absent = (cause as NodeJS.ErrnoException).code === 'ENOENT'
  const reason = absent ? `there is no such file, or no "${bundleFileName}" in that folder` : messageOf(cause)
  return new UserError('model', `Cannot load "${path}": ${reason}`, {
    hint: 'give a run folder whose training has finished, or an .onnx file',
    cause,
  })
}
