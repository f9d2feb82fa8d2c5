/** A story that is told once, to whoever asks for the next event; whoever waits gets what came of it. */
import type { Outcome, TrainEvent } from '../train/types.ts'
import { UserError } from '../util/errors.ts'
import type { Training } from './train.ts'

/** @param story begins when either is first asked for */
export function followed(story: () => AsyncGenerator<TrainEvent>): Training {
  let events: AsyncGenerator<TrainEvent> | undefined
  let settle: { done(outcome: Outcome): void; failed(error: unknown): void }
  const outcome = new Promise<Outcome>((done, failed) => (settle = { done, failed }))
  outcome.catch(() => {}) // who only listens hears the error there
  async function* told(): AsyncGenerator<TrainEvent> {
    let found: Outcome | undefined
    try {
      for await (const event of story()) {
        if (event.event === 'done') found = outcomeOf(event)
        yield event
      }
    } catch (error) {
      settle.failed(error)
      throw error
    } finally {
      // The story has let the run folder go by now. What has failed above stays so.
      if (found !== undefined) settle.done(found)
      else settle.failed(new UserError('aborted', 'The training was left before its end'))
    }
  }
  const started = (): AsyncGenerator<TrainEvent> => (events ??= told())
  return {
    [Symbol.asyncIterator]: started,
    // biome-ignore lint/suspicious/noThenProperty: awaiting a training is how its outcome is asked for
    then(resolve, reject) {
      void heardOut(started())
      return outcome.then(resolve, reject)
    },
  }
}

async function heardOut(events: AsyncGenerator<TrainEvent>): Promise<void> {
  try {
    for await (const _ of events);
  } catch {
    // The outcome has failed with it.
  }
}

function outcomeOf({ event: _, ...outcome }: Extract<TrainEvent, { event: 'done' }>): Outcome {
  return outcome
}
