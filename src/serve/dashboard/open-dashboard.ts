/** A dashboard on this machine: runs under observation, and HTTP in front of them. */
import { UserError } from '../../util/errors.ts'
import { amount, checked, portNumber } from '../../util/options.ts'
import { byteBudget } from '../body.ts'
import { type HttpServer, listen } from '../http.ts'
import { checkFolder } from './find-runs.ts'
import { openHub } from './hub.ts'
import { dashboardRoutes } from './routes.ts'

export interface DashboardOptions {
  /** 0 for any that is free; by default 7870, or any if that is taken. */
  readonly port?: number | undefined
  /** Milliseconds between two looks at the runs; default 2000. */
  readonly pace?: number | undefined
}

export interface Dashboard {
  /** `http://127.0.0.1:7870` */
  readonly url: string
  /** Pages that show it now. */
  readonly viewers: number
  close(): Promise<void>
}

const usualPort = 7870
/** Pages draw no more often while a training keeps the processor busy. */
const usualPace = 2000
const host = '127.0.0.1'

/**
 * Shows the runs of a folder, those that end and begin while it is open included. Only this machine reaches it.
 *
 * @param folder a run folder, or a folder of runs, which may not exist yet
 * @throws UserError `usage` for an option that cannot be used, `run` for a plain file, `network` when the port cannot be had
 */
export async function openDashboard(folder: string, options: DashboardOptions = {}): Promise<Dashboard> {
  checked({ port: portNumber(), pace: amount(0) }, options)
  checkFolder(folder)
  const hub = openHub({ folder, pace: options.pace ?? usualPace, clock: Date.now })
  const listenAt = (port: number): Promise<HttpServer> =>
    listen({
      host,
      port,
      routes: dashboardRoutes(hub),
      maxBody: 1000,
      budget: byteBudget(1e6),
      headerSeconds: 10,
      requestSeconds: 30,
      maxConnections: 100,
    })
  const http = await (options.port === undefined
    ? listenAt(usualPort).catch(error => (isTaken(error) ? listenAt(0) : Promise.reject(error)))
    : listenAt(options.port))
  return {
    url: http.url,
    get viewers() {
      return hub.listeners
    },
    async close() {
      hub.close()
      await http.close()
    },
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof UserError && (error.cause as NodeJS.ErrnoException)?.code === 'EADDRINUSE'
}
