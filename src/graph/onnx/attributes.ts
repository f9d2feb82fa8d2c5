/** Attributes as a file gives them, checked and completed. */
import {
  type AttributeKind,
  type AttributeSpec,
  type Attributes,
  completeAttributes,
  type OpName,
  opSchemas,
} from '../ops.ts'
import type { ProtoAttribute } from './proto.ts'

/**
 * Attributes that Graft has no word for, with what they are when a file leaves them out. A file may name them
 * only to say that.
 */
const neutral: Readonly<Partial<Record<OpName, Readonly<Record<string, unknown>>>>> = {
  AveragePool: { dilations: [1, 1] },
  BatchNormalization: { spatial: 1 },
  Cast: { saturate: 1 },
  ConvTranspose: { auto_pad: 'NOTSET' },
  MaxPool: { dilations: [1, 1], storage_order: 0 },
  Reshape: { allowzero: 0 },
  Resize: {
    cubic_coeff_a: -0.75,
    extrapolation_value: 0,
    keep_aspect_ratio_policy: 'stretch',
    nearest_mode: 'round_prefer_floor',
  },
  Shape: { start: 0 },
}

const isOfKind: Readonly<Record<AttributeKind, (value: ProtoAttribute) => boolean>> = {
  int: Number.isSafeInteger,
  ints: value => Array.isArray(value) && value.every(Number.isSafeInteger),
  float: value => typeof value === 'number',
  string: value => typeof value === 'string',
}

/**
 * All attributes of a node.
 *
 * @throws RangeError when one is of another type, or would change what the operator does in a way unknown here
 */
export function attributesOf<K extends OpName>(
  op: K,
  node: string,
  given: ReadonlyMap<string, ProtoAttribute>,
): Attributes<K> {
  const specs = opSchemas[op] as Readonly<Record<string, AttributeSpec<AttributeKind>>>
  const known: [string, ProtoAttribute][] = []
  for (const [name, value] of given) {
    const spec = Object.hasOwn(specs, name) ? specs[name]! : undefined
    if (spec !== undefined) known.push([name, checked(value, spec.kind, name, node)])
    else if (!isNeutral(op, name, value))
      throw new RangeError(`the attribute "${name}" of ${op} "${node}" is unknown, or has an unknown value`)
  }
  return completeAttributes(op, Object.fromEntries(known) as Partial<Attributes<K>>)
}

function checked(value: ProtoAttribute, kind: AttributeKind, name: string, node: string): ProtoAttribute {
  if (!isOfKind[kind](value)) throw new RangeError(`the attribute "${name}" of "${node}" is no ${kind}`)
  return kind === 'float' ? shortest(value as number) : value
}

function isNeutral(op: OpName, name: string, value: ProtoAttribute): boolean {
  const values = neutral[op] ?? {}
  return Object.hasOwn(values, name) && String(values[name]) === String(value)
}

/** The shortest number with the same 32 bits: what was meant, 0.001 where the file can hold only 0.0010000000475. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}
