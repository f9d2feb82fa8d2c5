/** The line to the server: runs as they change, and whether it still answers. */
import type { RunList, RunView } from '../../page/dashboard-types.ts'

export interface Listener {
  onList(list: RunList): void
  onRun(run: RunView): void
  onState(state: 'connected' | 'lost'): void
}

/** Listens for as long as the page is there; the browser itself comes back after a lost connection. */
export function connect(address: string, { onList, onRun, onState }: Listener): void {
  const source = new EventSource(address)
  source.addEventListener('open', () => onState('connected'))
  source.addEventListener('error', () => onState('lost'))
  source.addEventListener('list', ({ data }) => onList(JSON.parse(data) as RunList))
  source.addEventListener('run', ({ data }) => onRun(JSON.parse(data) as RunView))
}

/** The address of something of a run. */
export function addressOf(id: string, what: 'stop' | 'watched.jpg' | 'report.html'): string {
  return `/runs/${encodeURIComponent(id)}/${what}`
}

/** Asks a run to stop. @returns what went wrong, in words; null when it was heard */
export async function askToStop(id: string): Promise<string | null> {
  try {
    const response = await fetch(addressOf(id, 'stop'), { method: 'POST' })
    if (response.ok) return null
    return ((await response.json()) as { error: { message: string } }).error.message
  } catch {
    return 'The dashboard does not answer'
  }
}
