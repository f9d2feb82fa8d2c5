/** `graft models`: the pretrained weights that there are. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { embeddedBackbone } from '../../model/embedded/backbone.ts'
import { mobilenetV2 } from '../../model/mobilenet-v2.ts'
import { weightsCache } from '../../model/weights/published.ts'
import { published } from '../../model/weights/registry.ts'
import { exitStatus } from '../../util/errors.ts'
import { formatBytes, formatCount, formatPercent } from '../../util/format.ts'
import type { CommandRun } from '../command.ts'
import type { Environment } from '../terminal/stream.ts'
import { styleFor } from '../terminal/stream.ts'
import { type Column, table } from '../terminal/table.ts'

const defaultWidth = 100

export const run: CommandRun = async (_args, { json }, { stdout, environment }) => {
  const models = listModels(environment)
  if (json) {
    for (const model of models) stdout.write(`${JSON.stringify(model)}\n`)
    return exitStatus.done
  }
  const lines = table(
    columns,
    models.map(rowOf),
    stdout.columns ?? defaultWidth,
    styleFor(stdout, environment),
  )
  const use = 'graft train DATA --weights ID starts from one; what is not here is fetched once'
  stdout.write(`${[...lines, '', use].join('\n')}\n`)
  return exitStatus.done
}

interface Model {
  /** What `--weights` takes. */
  readonly id: string
  readonly alpha: number
  /** Side of the images it was trained on, in pixels. */
  readonly size: number
  readonly parameters: number
  /** `package`, `cache`, or `download`. */
  readonly where: string
  /** null while it is not here. */
  readonly bytes: number | null
  readonly licence: string
  /** How good its features are, in a few words. */
  readonly figures: string
}

function listModels(environment: Environment): Model[] {
  const folder = weightsCache(environment)
  const parametersOf = parameterCounter()
  const { id, alpha, size, path, licence, figures } = embeddedBackbone()
  const own = { where: 'package', bytes: statSync(path).size, licence, figures }
  const others = published.map(({ id, alpha, size, fileName, license: licence, top1 }): Model => {
    const path = join(folder, fileName)
    const bytes = existsSync(path) ? statSync(path).size : null
    const where = bytes === null ? 'download' : 'cache'
    const figures = `ImageNet top-1 ${formatPercent(top1)}`
    return { id, alpha, size, parameters: parametersOf(alpha), where, bytes, licence, figures }
  })
  return [{ id, alpha, size, parameters: parametersOf(alpha), ...own }, ...others]
}

/** Counts a network's numbers, moving statistics among them, once for each width: they do not depend on the size. */
function parameterCounter(): (alpha: number) => number {
  const known = new Map<number, number>()
  return alpha => {
    const found = known.get(alpha)
    if (found !== undefined) return found
    const { graph, input } = mobilenetV2({ alpha, size: 96 })
    const weights = graph.inputs.filter(({ name }) => name !== input)
    const count = weights.reduce(
      (sum, { shape }) => sum + shape.reduce<number>((n, dim) => n * Number(dim), 1),
      0,
    )
    known.set(alpha, count)
    return count
  }
}

const columns: readonly Column[] = [
  { title: 'id' },
  { title: 'alpha', align: 'right' },
  { title: 'pixels', align: 'right' },
  { title: 'parameters', align: 'right' },
  { title: 'where' },
  { title: 'on disk', align: 'right' },
  { title: 'licence' },
  { title: 'figures' },
]

function rowOf({ id, alpha, size, parameters, where, bytes, licence, figures }: Model): string[] {
  const disk = bytes === null ? '' : formatBytes(bytes)
  return [id, String(alpha), String(size), formatCount(parameters), where, disk, licence, figures]
}
