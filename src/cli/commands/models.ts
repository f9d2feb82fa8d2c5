/** `graft models`: the pretrained weights that there are. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { embeddedBackbone } from '../../model/embedded/backbone.ts'
import { weightsCache } from '../../model/weights/published.ts'
import { published } from '../../model/weights/registry.ts'
import { exitStatus } from '../../util/errors.ts'
import { formatBytes } from '../../util/format.ts'
import type { CommandRun } from '../command.ts'
import { styleFor } from '../terminal/stream.ts'
import { table } from '../terminal/table.ts'

export const run: CommandRun = async (_args, { json = false }, { stdout, environment }) => {
  const folder = weightsCache(environment)
  const own = embeddedBackbone()
  const embedded = {
    id: own.id,
    alpha: own.alpha,
    size: own.size,
    where: 'in the package',
    bytes: statSync(own.path).size,
    license: own.licence,
  }
  const others = published.map(({ id, alpha, size, fileName, publisher, license }) => {
    const path = join(folder, fileName)
    const bytes = existsSync(path) ? statSync(path).size : null
    return { id, alpha, size, where: bytes === null ? publisher : 'cache', bytes, license }
  })
  const found = [embedded, ...others]
  if (json) {
    for (const model of found) stdout.write(`${JSON.stringify(model)}\n`)
    return exitStatus.done
  }
  const columns = [
    { title: 'weights' },
    { title: 'alpha', align: 'right' as const },
    { title: 'pixels', align: 'right' as const },
    { title: 'where', cut: 'end' as const },
    { title: 'bytes', align: 'right' as const },
    { title: 'licence' },
  ]
  const rows = found.map(({ id, alpha, size, where, bytes, license }) => [
    id,
    String(alpha),
    String(size),
    where,
    bytes === null ? '' : formatBytes(bytes),
    license,
  ])
  stdout.write(`${table(columns, rows, stdout.columns ?? 100, styleFor(stdout, environment)).join('\n')}\n`)
  return exitStatus.done
}
