/** Asking `graft serve`. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Rows, Way } from './ways.ts'

const graft = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))
const port = 18473

interface ServerAnswer {
  readonly predictions: readonly { readonly label: string; readonly score: number }[]
}

export const server: Way = {
  name: 'graft serve',
  async ask({ run, classNames, pictures }): Promise<Rows> {
    const child = spawn(process.execPath, [graft, 'serve', run, '--port', String(port)], { stdio: 'ignore' })
    try {
      await upAndRunning(child)
      const rows: number[][] = []
      for (const { path } of pictures) rows.push(await classified(path, classNames))
      return rows
    } finally {
      child.kill()
    }
  },
}

async function classified(path: string, classNames: readonly string[]): Promise<number[]> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/classify?top=${classNames.length}`, {
    method: 'POST',
    body: new Uint8Array(readFileSync(path)),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  const { predictions } = (await response.json()) as ServerAnswer
  const scores = new Map(predictions.map(({ label, score }) => [label, score]))
  return classNames.map(name => scores.get(name)!)
}

async function upAndRunning(child: { readonly exitCode: number | null }): Promise<void> {
  while (child.exitCode === null) {
    const isUp = await fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isUp) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error(`graft serve ended with ${child.exitCode}`)
}
