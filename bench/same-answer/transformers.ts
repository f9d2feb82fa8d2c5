/** Asking transformers.js, which loads the exported folder as it is. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportRun } from '../../src/api/export.ts'
import { outputOf } from './commands.ts'
import type { Way } from './ways.ts'

type Answers = readonly (readonly { readonly label: string; readonly score: number }[])[]

/** @param installed a folder in which `npm install @huggingface/transformers` was run */
export function transformers(installed: string): Way {
  return {
    name: 'transformers.js',
    async ask({ run, classNames, pictures }) {
      const folder = mkdtempSync(join(tmpdir(), 'graft-same-answer-'))
      try {
        const exported = join(folder, 'model')
        await exportRun(run, { to: 'onnx', out: exported, images: 0 })
        const args = ['bench/same-answer/transformers_rows.mjs', installed, exported]
        const paths = JSON.stringify(pictures.map(({ path }) => path))
        const answers = JSON.parse(await outputOf(process.execPath, args, paths)) as Answers
        return answers.map(answer => {
          const scores = new Map(answer.map(({ label, score }) => [label, score]))
          return classNames.map(name => scores.get(name)!)
        })
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  }
}
