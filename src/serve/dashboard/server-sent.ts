/** Server-sent events as text (WHATWG HTML, 9.2): what `EventSource` reads. */

export interface ServerSent {
  readonly id: string
  readonly event: string
  readonly data: unknown
}

/** One event; its data is JSON, which has no line break. */
export function eventText({ id, event, data }: ServerSent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

/** A line that says nothing, so that neither side takes the connection for dead. */
export const heartbeat = ': still here\n\n'

/** Tells the browser to come back so many milliseconds after the connection was lost. */
export const retryText = (milliseconds: number): string => `retry: ${milliseconds}\n\n`
