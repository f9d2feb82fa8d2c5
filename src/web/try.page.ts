/** The program of a server's page: the server that it came from classifies. */
import { pageData } from './data.ts'
import { startTry } from './try/start.ts'
import type { TryAnswer, TryModel, TryOptions } from './try/types.ts'

/** An error in the form in which the server gives it. */
interface Refused {
  readonly error: { readonly message: string; readonly hint: string | null }
}

async function classify(image: Blob, { top, heatmap, signal }: TryOptions): Promise<TryAnswer> {
  const address = `/v1/classify?top=${top}&heatmap=${heatmap ? 1 : 0}`
  const request = { method: 'POST', body: image, headers: { 'content-type': 'application/octet-stream' } }
  const response = await fetch(address, signal ? { ...request, signal } : request).catch(cause => {
    throw failed('The server does not answer', 'see whether it still runs, and try again', cause)
  })
  const body = (await response.json()) as TryAnswer | Refused
  if (!('error' in body)) return body
  throw failed(body.error.message, body.error.hint)
}

function failed(message: string, hint: string | null, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), hint === null ? {} : { hint })
}

startTry(classify, pageData<TryModel>())
