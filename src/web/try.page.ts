/** The program of a server's page: the server that it came from classifies. */
import { pageData } from './data.ts'
import { startTry } from './try/start.ts'
import type { TryAnswer, TryModel, TryOptions } from './try/types.ts'

interface ServerError {
  readonly message: string
  readonly hint: string | null
}

/** What the server says to a form with one file. */
type ServerAnswer = { readonly images: readonly [TryAnswer] } | { readonly error: ServerError }

/** A form, unlike a plain body, gives the file's name along, so that errors can name it. */
async function classify(image: Blob, { top, heatmap, signal }: TryOptions): Promise<TryAnswer> {
  const form = new FormData()
  form.append('image', image)
  const request: RequestInit = { method: 'POST', body: form, ...(signal && { signal }) }
  const response = await fetch(`/v1/classify?top=${top}&heatmap=${heatmap ? 1 : 0}`, request).catch(cause => {
    throw failed({ message: 'The server does not answer', hint: 'See whether it still runs' }, cause)
  })
  const answer = (await response.json()) as ServerAnswer
  if ('error' in answer) throw failed(answer.error)
  return answer.images[0]
}

function failed({ message, hint }: ServerError, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), hint === null ? {} : { hint })
}

startTry(classify, pageData<TryModel>())
