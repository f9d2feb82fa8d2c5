/** A clock that cannot jump: durations and paces stay right when the system's time is set. */

/** Milliseconds since 1970 as the system said when the thread began, then counted by the machine's monotonic clock. */
export function steadyClock(): number {
  return performance.timeOrigin + performance.now()
}
