/** What a dashboard's server answers to. Runs go by ids that the folder's listing gave; no path comes from outside. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dashboardPage } from '../../page/dashboard.ts'
import { contentPolicy } from '../../page/document.ts'
import { pageScript } from '../../page/script.ts'
import { fileNames } from '../../train/run-folder.ts'
import { json, Refusal, type Reply } from '../reply.ts'
import type { Call, Route } from '../router.ts'
import type { Hub } from './hub.ts'
import { reportName } from './run-watch.ts'
import { runOf, stopReply } from './stop-request.ts'

export function dashboardRoutes(hub: Hub): Route[] {
  const page = pageReply()
  return [
    { method: 'GET', path: '/', handle: () => page },
    { method: 'GET', path: '/healthz', handle: () => json({ status: 'ok' }) },
    { method: 'GET', path: '/events', handle: call => eventsReply(hub, call) },
    { method: 'GET', path: '/runs/:id/watched.jpg', handle: call => fileReply(hub, call, sheet) },
    { method: 'GET', path: '/runs/:id/report.html', handle: call => fileReply(hub, call, report) },
    { method: 'POST', path: '/runs/:id/stop', handle: call => stopReply(hub, call) },
  ]
}

function pageReply(): Reply {
  const script = pageScript('dashboard')
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `${contentPolicy({ script, connect: 'self' })}; frame-ancestors 'none'`,
    },
    body: dashboardPage(script),
  }
}

function eventsReply(hub: Hub, { headers, signal }: Call): Reply {
  const lastId = headers['last-event-id']
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    body: hub.events(typeof lastId === 'string' ? lastId : undefined, signal),
  }
}

interface RunFile {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
}

const sheet: RunFile = { name: fileNames.watched, headers: { 'content-type': 'image/jpeg' } }
/** A report may have come from anywhere with its run, so its scripts are kept from this server. */
const report: RunFile = {
  name: reportName,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "sandbox allow-scripts allow-popups allow-downloads; frame-ancestors 'none'",
  },
}

function fileReply(hub: Hub, { params }: Call, { name, headers }: RunFile): Reply {
  const { folder, view } = runOf(hub, params['id']!)
  try {
    return { status: 200, headers, body: readFileSync(join(folder, name)) }
  } catch {
    throw new Refusal(404, 'not-found', `The run "${view.id}" has no "${name}"`)
  }
}
