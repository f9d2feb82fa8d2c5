/** The words after the question mark, checked: what is not known is refused, not passed over. */
import { closest } from '../util/closest.ts'
import { Refusal } from './reply.ts'

/** How an answer is wanted. */
export interface ClassifyQuery {
  /** How many classes; default 5. */
  readonly top: number
  /** Whether the heat map is wanted. */
  readonly heatmap: boolean
}

const names = ['top', 'heatmap']

/** @throws Refusal 400 for a name or a value that is not known */
export function classifyQuery(query: URLSearchParams): ClassifyQuery {
  for (const name of query.keys()) if (!names.includes(name)) throw unknown(name)
  const top = query.get('top') ?? '5'
  if (!/^[1-9]\d{0,5}$/.test(top)) throw wrong('top', 'a whole number from 1 on', top)
  const heatmap = query.get('heatmap') ?? '0'
  if (!/^[01]$/.test(heatmap)) throw wrong('heatmap', '0 or 1', heatmap)
  return { top: Number(top), heatmap: heatmap === '1' }
}

function unknown(name: string): Refusal {
  const near = closest(name, names)
  const hint = near === undefined ? `there is: ${names.join(', ')}` : `did you mean "${near}"?`
  return new Refusal(400, 'usage', `There is no parameter "${name}"`, { hint })
}

function wrong(name: string, wanted: string, value: string): Refusal {
  return new Refusal(400, 'usage', `The parameter "${name}" takes ${wanted}. Received: "${value}"`)
}
