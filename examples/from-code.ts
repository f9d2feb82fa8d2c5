/**
 * Training and using a classifier from code: events while it trains, then answers.
 */
import { load, type TrainRequest, train } from '../src/index.ts'

/** Trains on a folder with a folder per class and classifies one picture; gives the label. */
export async function trainAndClassify(
  data: string,
  picture: string,
  options: TrainRequest,
): Promise<string> {
  let run = ''
  for await (const event of train(data, options)) {
    if (event.event === 'epoch') console.log(`epoch ${event.epoch}: ${event.validation?.accuracy.toFixed(3)}`)
    if (event.event === 'done') run = event.run
  }
  const classifier = await load(run)
  const [best] = await classifier.classify(picture)
  await classifier.close()
  return best!.label
}
