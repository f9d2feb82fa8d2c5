/** The program of the dashboard: shows runs as the server tells of them. */
import type { RunList, RunView } from '../page/dashboard-types.ts'
import { connect } from './dashboard/connection.ts'
import { showOverview } from './dashboard/overview.ts'
import { showRun } from './dashboard/run.ts'
import { isOver } from './dashboard/words.ts'
import { byId } from './elements.ts'

/** Milliseconds between two drawings; what comes between is drawn with the next. */
const pace = 1000

const runs = new Map<string, RunView>()
let list: RunList | null = null
let isLost = false
let drawing: ReturnType<typeof setTimeout> | undefined
let drawnAt = Number.NEGATIVE_INFINITY

connect('/events', {
  onList(given) {
    list = given
    for (const id of [...runs.keys()]) if (!given.ids.includes(id)) runs.delete(id)
    soon()
  },
  onRun(run) {
    runs.set(run.id, run)
    soon()
  },
  onState(state) {
    isLost = state === 'lost'
    soon()
  },
})
addEventListener('hashchange', draw)
addEventListener('resize', soon)
document.addEventListener('visibilitychange', soon)
// Time goes on while nothing is said.
setInterval(soon, pace)

/** Draws at the next chance that the pace allows; a hidden page is not drawn. */
function soon(): void {
  if (document.hidden || drawing !== undefined) return
  drawing = setTimeout(draw, Math.max(0, drawnAt + pace - performance.now()))
}

function draw(): void {
  clearTimeout(drawing)
  drawing = undefined
  drawnAt = performance.now()
  const shown = (list?.ids ?? []).flatMap(id => runs.get(id) ?? [])
  const run = chosen(shown)
  byId('title', HTMLElement).textContent = list === null ? 'Training' : `Training in ${list.folder}`
  showConnection(shown)
  showNothing(shown)
  showOverview(shown, run?.id ?? null, id => (location.hash = encodeURIComponent(id)))
  byId('run', HTMLElement).hidden = run === undefined
  if (run === undefined) return
  document.title = `${run.id} - Graft`
  showRun(run, Date.now())
}

/** The run in the address, else the one under way, else the newest. */
function chosen(shown: readonly RunView[]): RunView | undefined {
  const wanted = wantedId()
  return shown.find(({ id }) => id === wanted) ?? shown.find(run => !isOver(run)) ?? shown[0]
}

function wantedId(): string {
  try {
    return decodeURIComponent(location.hash.slice(1))
  } catch {
    return ''
  }
}

function showConnection(shown: readonly RunView[]): void {
  const isAllOver = shown.length > 0 && shown.every(isOver)
  const lost = isAllOver
    ? 'The dashboard has been closed; this is how things stood.'
    : 'The dashboard does not answer; trying again.'
  const words = list === null && !isLost ? 'Connecting' : isLost ? lost : 'Live'
  const place = byId('connection', HTMLElement)
  if (place.textContent !== words) place.textContent = words
  place.className = isLost ? 'warn' : ''
}

function showNothing(shown: readonly RunView[]): void {
  const place = byId('nothing', HTMLElement)
  place.hidden = list === null || shown.length > 0
  place.textContent = 'There is no run yet. One that begins appears here by itself.'
}
