/** What image decoders complain of, in words for people, and what of it matters. */

const harmless = [
  /extraneous bytes before marker/,
  /unknown JFIF revision/,
  /^[a-z][A-Za-z]{3}: /, // a PNG chunk whose name says that it may be ignored (PNG 5.4)
]

/** Whether a line of a complaint is about something else than pixels. */
export const isForgiven = (line: string): boolean => harmless.some(pattern => pattern.test(line))

/** Whether it took longer than the limit. */
export const isTimeout = (error: unknown): boolean => linesOf(error).some(line => line.startsWith('timeout'))

/** What a decoder complains of, in one line: the first complaint that tells most, without its period. */
export function complaintOf(error: unknown): string {
  const lines = linesOf(error)
  if (isTimeout(error)) return 'decoding takes longer than its time limit'
  const telling = lines.find(line => !isForgiven(line) && /[a-z]{3}/i.test(line) && !/bad seek/.test(line))
  const first = lines[0] ?? 'the header is damaged'
  return (telling ?? (/bad seek/.test(first) ? 'it is cut short or damaged' : first)).replace(/\.$/, '')
}

/** The lines of sharp's message, less the words that only say where a complaint comes from. */
export function linesOf(error: unknown): string[] {
  const origin =
    /^(Warning treated as error due to failOn setting|Input (buffer|file|image) (has corrupt header: ?)?|(\w+: )?Vips\w+: |vips\w+: |\w+2vips: |\w+load_\w+: |source: )*/
  const message = error instanceof Error ? error.message : String(error)
  return message
    .split('\n')
    .map(line => line.replace(origin, '').trim())
    .filter(line => line !== '')
}
