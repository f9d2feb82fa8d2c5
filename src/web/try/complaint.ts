/** What went wrong, in words for the page. */
import { element } from '../elements.ts'

/** The error's message, and its hint where it has one. */
export function complaint(error: unknown): HTMLElement[] {
  const hint = error instanceof Error && 'hint' in error ? error.hint : undefined
  return [
    element('p', { className: 'bad' }, messageOf(error)),
    ...(typeof hint === 'string' ? [element('p', { className: 'quiet' }, hint)] : []),
  ]
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
