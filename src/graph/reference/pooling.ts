/** Pooling in float64, and its gradients. */
import type { OpName } from '../ops.ts'
import { count, fold, ndarray } from './array.ts'
import type { Kernel } from './kernel.ts'
import { forEachInWindow, windowCounts } from './network.ts'

export const globalAverage: Kernel<OpName> = (_node, { x: [a], shapes }) => {
  const share = count(shapes[0]!) / a!.data.length
  return [fold(a!, [2, 3], 0, (sum, value) => sum + value * share)]
}

export const averagePool: Kernel<'AveragePool'> = ({ attributes }, { x: [a], shapes }) => {
  const counts = windowCounts(a!.shape, shapes[0]!, attributes)
  const y = ndarray(shapes[0]!)
  forEachInWindow(a!.shape, y.shape, attributes, (from, to) => {
    y.data[to]! += a!.data[from]! / counts.data[to]!
  })
  return [y]
}

export const averagePoolGradient: Kernel<'AveragePoolGradient'> = ({ attributes }, { x: [dY, a] }) => {
  const counts = windowCounts(a!.shape, dY!.shape, attributes)
  const dX = ndarray(a!.shape)
  forEachInWindow(a!.shape, dY!.shape, attributes, (to, from) => {
    dX.data[to]! += dY!.data[from]! / counts.data[from]!
  })
  return [dX]
}

export const maxPool: Kernel<'MaxPool'> = ({ attributes }, { x: [a], shapes }) => {
  const y = ndarray(shapes[0]!, new Float64Array(count(shapes[0]!)).fill(Number.NEGATIVE_INFINITY))
  forEachInWindow(a!.shape, y.shape, attributes, (from, to) => {
    y.data[to] = Math.max(y.data[to]!, a!.data[from]!)
  })
  return [y]
}

export const maxPoolGradient: Kernel<'MaxPoolGradient'> = ({ attributes }, { x: [dY, a, y] }) => {
  const ties = ndarray(y!.shape)
  const dX = ndarray(a!.shape)
  const isMaximum = (from: number, to: number): boolean => a!.data[from] === y!.data[to]
  forEachInWindow(
    a!.shape,
    y!.shape,
    attributes,
    (from, to) => void (isMaximum(from, to) && ties.data[to]!++),
  )
  forEachInWindow(a!.shape, y!.shape, attributes, (from, to) => {
    if (isMaximum(from, to)) dX.data[from]! += dY!.data[to]! / ties.data[to]!
  })
  return [dX]
}
