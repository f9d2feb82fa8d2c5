/** Making a bundle: the file that a user ships. */
import { writeOnnx } from '../graph/onnx/write.ts'
import type { Graph } from '../graph/types.ts'
import { bundleGraph, bundleNames } from './bundle-graph.ts'
import { type BundleFacts, formatVersion, writeFacts } from './facts.ts'
import { checkInterface } from './interface.ts'
import type { BundleParts } from './parts.ts'
import { pythonNames } from './python-literal.ts'
import { seal } from './seal.ts'

/** The name of a bundle in a run folder. */
export const bundleFileName = 'best.onnx'

/**
 * The bytes of a bundle, an ONNX file: see docs/bundle.md for the format. The same parts give the same bytes.
 *
 * @throws RangeError when the parts do not fit together, a figure is out of its range, or two classes have one name
 */
export function buildBundle(parts: BundleParts): Uint8Array {
  const { classNames, head } = parts
  if (classNames.length !== head.classes)
    throw new RangeError(`Expected ${head.classes} class names. Received: ${classNames.length}`)
  return bundleBytes(bundleGraph(parts), factsOf(parts))
}

/**
 * A bundle's graph and facts as its file, sealed. Of a graph that cannot refuse, nothing is said of refusing.
 *
 * @throws RangeError when they do not fit together, or a figure is out of its range
 */
export function bundleBytes(graph: Graph, facts: BundleFacts): Uint8Array {
  const { classNames, preprocessing } = facts
  const canRefuse = graph.outputs.some(({ name }) => name === bundleNames.unfamiliarity)
  const { reject, ...others } = facts
  const text = writeFacts(canRefuse ? facts : others)
  checkInterface(graph, canRefuse ? facts : others)
  const metadata = {
    task: 'classify',
    names: pythonNames(classNames),
    imgsz: `[${preprocessing.size}, ${preprocessing.size}]`,
    graft: text,
  }
  return seal(writeOnnx(graph, { producer: 'graft', metadata }))
}

/** In an order of its own, so that the order of the caller's properties does not show in the bytes. */
function factsOf(parts: BundleParts): BundleFacts {
  const { classNames, preprocessing, head, temperature = 1, card, familiar } = parts
  const { size, fit, background } = preprocessing
  return {
    format: formatVersion,
    classNames,
    preprocessing: { size, fit, background },
    head: { pooling: head.pooling, activation: head.activation },
    temperature,
    card,
    ...(familiar === undefined ? {} : { reject: familiar.facts }),
  }
}
