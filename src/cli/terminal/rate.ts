/** How fast something goes, and how long it will still take. */

/** Work done so far, at a steady eye. */
export interface Rate {
  /** Notes that so much is done now. */
  update(done: number): void
  /** Done a second, of late; NaN before a fifth of a second has been seen. */
  perSecond(): number
  /** Seconds for what remains, at that rate; NaN when it is not known. */
  secondsFor(remaining: number): number
}

/** Work of ten seconds ago counts a third (1/e) of that of now. */
const memory = 10_000
const least = 200

/**
 * A rate smoothed over time: work and time both fade, so that their ratio needs no correction at the start.
 *
 * @param clock milliseconds
 * @param done what was done before it began, such as the epochs of a run that is resumed
 */
export function createRate(clock: () => number, done = 0): Rate {
  let last = { time: clock(), done }
  let faded = { time: 0, done: 0 }
  const perSecond = (): number => (faded.time < least ? Number.NaN : (faded.done / faded.time) * 1000)
  return {
    update(done) {
      const now = clock()
      const keep = Math.exp((last.time - now) / memory)
      faded = { time: faded.time * keep + (now - last.time), done: faded.done * keep + (done - last.done) }
      last = { time: now, done }
    },
    perSecond,
    secondsFor: remaining => (remaining <= 0 ? 0 : perSecond() > 0 ? remaining / perSecond() : Number.NaN),
  }
}
