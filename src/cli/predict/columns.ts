/** How a run's own table heads its ids and labels, so that what is predicted looks as what was given. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileNames, readRunRecord } from '../../train/run-folder.ts'

const usual = { id: 'id', label: 'label' } as const

/** The headers of the table that a run's labels came from; `id` and `label` where none did, or of a file alone. */
export function columnsOf(run: string): { readonly id: string; readonly label: string } {
  if (!existsSync(join(run, fileNames.run))) return usual
  return readRunRecord(run).data.columns ?? usual
}
