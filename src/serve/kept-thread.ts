/** An inference thread that is started again when it dies, a few times, after pauses that grow. */
import { isDeepStrictEqual } from 'node:util'
import { type InferenceThread, startThread, type ThreadOptions } from './inference-thread.ts'

export interface KeptThread {
  /** Null while there is none. */
  readonly thread: InferenceThread | null
  close(): Promise<void>
}

export interface KeepOptions extends Omit<ThreadOptions, 'onDeath'> {
  /** Milliseconds before it is started again, after its first death, its second, ...; then it stays dead. */
  readonly pauses: readonly number[]
  /** Told when it has died, and when it lives again. */
  readonly onChange: () => void
}

/** A thread that lived for so long, in milliseconds, begins again with the shortest pause. */
const longLife = 60_000

/** @throws UserError `model` when the bundle cannot be used */
export async function keepThread({ pauses, onChange, ...options }: KeepOptions): Promise<KeptThread> {
  let thread: InferenceThread | null = null
  let deaths = 0
  let since = 0
  let restart: NodeJS.Timeout | undefined
  let isClosing = false

  const start = async (): Promise<InferenceThread> => {
    const started = await startThread({ ...options, onDeath: mourn })
    since = performance.now()
    return started
  }

  const mourn = (): void => {
    thread = null
    if (performance.now() - since > longLife) deaths = 0
    const pause = pauses[deaths++]
    if (pause !== undefined && !isClosing) restart = setTimeout(() => void again(), pause)
    onChange()
  }

  const again = async (): Promise<void> => {
    const started = await start().catch(() => null)
    if (started === null) return mourn()
    const isSame = isDeepStrictEqual(started.facts, facts)
    if (isSame && !isClosing) thread = started
    else await started.close()
    if (isSame) onChange()
    else mourn() // the file holds another classifier by now
  }

  thread = await start()
  const { facts } = thread
  return {
    get thread() {
      return thread
    },
    async close() {
      isClosing = true
      clearTimeout(restart)
      await thread?.close()
    },
  }
}
