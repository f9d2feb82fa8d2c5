/** The dashboard beside a training: open while it goes on, and as long after as somebody looks. */
import { dirname } from 'node:path'
import { type Dashboard, openDashboard } from '../../serve/dashboard/open-dashboard.ts'
import type { GivenOptions } from '../command.ts'
import { portOf } from '../port.ts'

/** Milliseconds in which pages hear of the end. */
const lastWords = 1500

export interface TrainingDashboard {
  readonly url: string
  /** Waits until no page shows it any more, or the user stops it. @param onWait called when there is something to wait for */
  linger(signal: AbortSignal, onWait: () => void): Promise<void>
  /** Lets pages hear of the end, then closes it. */
  close(): Promise<void>
}

/**
 * Opens a dashboard of the folder in which the run will lie.
 *
 * @param run the run folder, where the user named one
 * @returns null when none was asked for
 * @throws UserError `usage` for a port that is none, `network` when it cannot be had
 */
export async function trainingDashboard(
  { dashboard }: GivenOptions,
  run: string | undefined,
): Promise<TrainingDashboard | null> {
  if (dashboard === undefined) return null
  const folder = run === undefined ? 'runs' : dirname(run)
  const opened = await openDashboard(folder, { port: portOf('--dashboard', dashboard) })
  return {
    url: opened.url,
    linger: (signal, onWait) => linger(opened, signal, onWait),
    async close() {
      if (opened.viewers > 0) await pause(lastWords)
      await opened.close()
    },
  }
}

async function linger(dashboard: Dashboard, signal: AbortSignal, onWait: () => void): Promise<void> {
  if (dashboard.viewers === 0) return
  onWait()
  const asked = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
  // A page that is loaded anew is away for a moment.
  for (let absent = 0; absent < 3 && !signal.aborted; absent = dashboard.viewers === 0 ? absent + 1 : 0)
    await Promise.race([pause(1000), asked])
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
