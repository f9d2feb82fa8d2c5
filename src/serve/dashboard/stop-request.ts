/** The one thing that a dashboard can change: a run is asked to stop, by its own page only. */
import { requestStop } from '../../train/stop.ts'
import { json, Refusal, type Reply } from '../reply.ts'
import type { Call } from '../router.ts'
import type { Hub } from './hub.ts'

/** Asks the run to stop at its next step. @throws Refusal 403, 404 or 409 */
export function stopReply(hub: Hub, { headers, params }: Pick<Call, 'headers' | 'params'>): Reply {
  checkOrigin(headers)
  const run = runOf(hub, params['id']!)
  if (run.view.status !== 'running' && run.view.status !== 'stopping')
    throw new Refusal(409, 'not-running', `The run "${run.view.id}" is not running`)
  requestStop(run.folder)
  return json({ status: 'stopping' }, 202)
}

/** The run of that id. @throws Refusal 404 */
export function runOf(hub: Hub, id: string): NonNullable<ReturnType<Hub['run']>> {
  const run = hub.run(id)
  if (run !== undefined) return run
  throw new Refusal(404, 'not-found', `There is no run "${id}" here`)
}

/**
 * Refuses what another site's page sends. Browsers name the origin of every POST (Fetch standard, 3.2), and the host
 * that it is compared with was checked to be a name of this machine.
 */
function checkOrigin({ origin, host }: Call['headers']): void {
  if (origin === `http://${host}`) return
  throw new Refusal(403, 'origin', 'A run is stopped from the page of its own dashboard only', {
    hint: `send "origin: http://${host}", or press Ctrl-C where it trains`,
  })
}
