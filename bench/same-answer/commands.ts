/** Asking through other processes: `graft predict`, and plain ONNX Runtime in Python. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Question, Rows, Way } from './ways.ts'

const graft = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))

/** What a program writes to standard output. @throws Error when it fails */
export function outputOf(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    child.on('error', reject)
    child.on('close', code =>
      code === 0 ? resolve(text) : reject(new Error(`${program} ended with ${code}`)),
    )
    child.stdin.end(input)
  })
}

export const predict: Way = {
  name: 'graft predict',
  async ask({ run, classNames, pictures }: Question): Promise<Rows> {
    const paths = pictures.map(({ path }) => path)
    const text = await outputOf(process.execPath, [graft, 'predict', run, ...paths, '--json', '--quiet'])
    const lines = text.trim().split('\n')
    return lines.map(line => {
      const { probabilities } = JSON.parse(line) as { probabilities: Record<string, number> }
      return classNames.map(name => probabilities[name]!)
    })
  },
}

/** @param python an interpreter that has onnxruntime, pillow and numpy */
export function plainOnnxRuntime(python: string): Way {
  const script = 'bench/same-answer/onnxruntime_rows.py'
  return {
    name: 'ONNX Runtime in Python',
    async ask({ run, pictures }) {
      const paths = pictures.map(({ path }) => path)
      return JSON.parse(
        await outputOf(python, [script, join(run, 'best.onnx')], JSON.stringify(paths)),
      ) as Rows
    },
  }
}
