/** The program of the dashboard: shows runs as the server tells of them. */
import type { RunList, RunView } from '../page/dashboard-types.ts'
import { connect } from './dashboard/connection.ts'
import { showOverview } from './dashboard/overview.ts'
import { showRun } from './dashboard/run.ts'
import { isOver } from './dashboard/words.ts'
import { byId } from './elements.ts'

/** Milliseconds between two drawings; what comes between is drawn with the next. */
const pace = 1000
/** The training needs the processor more than its picture does: drawing takes this share of the time at most. */
const drawingShare = 0.01
/** Yet however slow the machine is, the page follows at this pace. */
const slowest = 8000

const runs = new Map<string, RunView>()
let list: RunList | null = null
let isLost = false
/** The run that is shown while the user names none. */
let followed = ''
let planned: ReturnType<typeof setTimeout> | undefined
/** Whether a drawing is not on the screen yet; what is to be drawn meanwhile waits, so that its cost is known first. */
let isDrawing = false
let isStale = false
/** Whether something waits that is not to wait for the pace. */
let isUrgent = false
/** By the page's own clock, in milliseconds. */
let nextAt = 0

connect('/events', {
  onList(given) {
    list = given
    for (const id of [...runs.keys()]) if (!given.ids.includes(id)) runs.delete(id)
    soon()
  },
  onRun(run) {
    const before = runs.get(run.id)
    runs.set(run.id, run)
    // A run that has just ended needs the processor no more: its end is shown at once.
    if (before !== undefined && !isOver(before) && isOver(run)) atOnce()
    else soon()
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
setInterval(() => {
  if (![...runs.values()].every(isOver)) soon()
}, pace)

/** Draws at the next chance that the pace allows; a hidden page is not drawn. */
function soon(): void {
  isStale = true
  if (document.hidden || isDrawing || planned !== undefined) return
  planned = setTimeout(draw, Math.max(0, nextAt - performance.now()))
}

/** Draws as soon as what is being drawn is on the screen. */
function atOnce(): void {
  nextAt = 0
  isUrgent = true
  clearTimeout(planned)
  planned = undefined
  soon()
}

function draw(): void {
  clearTimeout(planned)
  planned = undefined
  isDrawing = true
  isStale = false
  isUrgent = false
  const began = performance.now()
  drawAll()
  const scripted = performance.now() - began
  afterFrame(framed => {
    const cost = scripted + framed
    const rest = isUrgent ? 0 : Math.min(slowest, Math.max(pace, cost / drawingShare))
    nextAt = performance.now() + rest
    isDrawing = false
    if (isStale) soon()
  })
}

/** Tells, once the browser has laid out and painted what was changed, how many milliseconds that took. */
function afterFrame(told: (milliseconds: number) => void): void {
  requestAnimationFrame(() => {
    const began = performance.now()
    setTimeout(() => told(performance.now() - began))
  })
}

function drawAll(): void {
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

/** The run in the address, else one under way, else the one that was followed to its end, else the newest. */
function chosen(shown: readonly RunView[]): RunView | undefined {
  const named = (name: string): RunView | undefined => shown.find(({ id }) => id === name)
  const running = shown.filter(run => !isOver(run))
  const usual = running.find(({ id }) => id === followed) ?? running[0] ?? named(followed) ?? shown[0]
  followed = usual?.id ?? ''
  return named(wantedId()) ?? usual
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
