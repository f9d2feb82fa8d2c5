/** What the functions of a folded kernel's module have in common: locals, loops over channels and rows, the bias. */
import {
  advance,
  type Code,
  f32x4,
  i32,
  type Variable,
  v128,
  type variables,
  whileNotZero,
} from '../../util/webassembly.ts'
import { four } from './folded-row.ts'

/** As in FoldedRows: of the kernel's rows, then of what has one number a channel. */
const rowOffsets = ['kernel', 'foldedKernel'] as const
const channelOffsets = [
  'gamma',
  'beta',
  'foldedBias',
  'mean',
  'deviation',
  'scaleBefore',
  'scaleAfter',
  'products',
] as const
/** Fours of channels, and channels of each; of a row its bytes, fours, and the numbers left over behind them. */
const lengths = ['groups', 'groupRows', 'bytes', 'fours', 'rest'] as const
export const counters = ['rows', 'left', 'ahead', 'product', 'before', 'after'] as const

type Given = (typeof rowOffsets | typeof channelOffsets | typeof lengths)[number]
export const given: readonly Given[] = [...rowOffsets, ...channelOffsets, ...lengths]
export type Local = ReturnType<typeof variables<Given | (typeof counters)[number] | 'scale'>>

export function eachGroup(local: Local, body: readonly Code[]): Code {
  const steps = channelOffsets.map(name => advance(local[name], i32.constant(16)))
  return whileNotZero(local.groups, -1, [...body, ...steps])
}

export function eachRow({ rows, groupRows }: Local, body: readonly Code[]): Code {
  return [...rows.set(groupRows.get), ...whileNotZero(rows, -1, body)]
}

/** gamma / deviation, of four channels */
export const scale = ({ gamma, deviation }: Local): Code => f32x4.div(four(gamma), four(deviation))

/** The scale as it is now, and the biases of four channels. */
export function foldBias(local: Local): Code[] {
  const { beta, foldedBias, mean, scaleAfter } = local
  const moved = f32x4.mul(four(mean), four(scaleAfter))
  return [v128.store(scaleAfter.get, scale(local)), v128.store(foldedBias.get, f32x4.sub(four(beta), moved))]
}

export function advanceRow(
  { bytes }: Local,
  ofRows: readonly Variable[],
  ofChannels: readonly Variable[],
): Code[] {
  return [
    ...ofRows.map(offset => advance(offset, bytes.get)),
    ...ofChannels.map(offset => advance(offset, i32.constant(4))),
  ]
}
