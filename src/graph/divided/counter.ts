/** A number in shared memory that one thread counts up and another waits for. */
export type Counter = Int32Array

export function newCounter(): Counter {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
}

/** What was written before is seen by whoever sees the new number. */
export function countUp(counter: Counter): void {
  Atomics.add(counter, 0, 1)
  Atomics.notify(counter, 0)
}

/** Looks again and again for so many milliseconds: quicker than sleeping where the other thread is almost there. */
export function isSoon(counter: Counter, count: number, patience: number): boolean {
  const end = performance.now() + patience
  while (Atomics.load(counter, 0) < count) if (performance.now() > end) return false
  return true
}

/** Holds the thread until the number is there. */
export function waitFor(counter: Counter, count: number, patience: number): void {
  if (isSoon(counter, count, patience)) return
  for (let now = Atomics.load(counter, 0); now < count; now = Atomics.load(counter, 0))
    Atomics.wait(counter, 0, now)
}
