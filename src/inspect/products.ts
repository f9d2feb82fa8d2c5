/** Products of tall matrices by the tensor engine, which does a hundred times what plain loops do. */
import { graphBuilder } from '../graph/builder.ts'
import { openSession, type Session } from '../graph/session.ts'
import type { Graph } from '../graph/types.ts'

/** Rows of numbers: float32 [rows, columns]. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: Float32Array
}

export interface Products {
  /** Transposed `a` times `b`: [a.columns, b.columns] of two matrices with as many rows. */
  inner(a: Matrix, b: Matrix): Promise<Matrix>
  /** `a` times transposed `b`: [a.rows, b.rows] of two matrices with as many columns. */
  outer(a: Matrix, b: Matrix): Promise<Matrix>
  close(): Promise<void>
}

/** Opens the engine. @param threads that one product may use */
export async function openProducts(threads: number): Promise<Products> {
  const [inner, outer] = await Promise.all(
    [gemm('inner', 1, 0), gemm('outer', 0, 1)].map(graph => openSession(graph, { threads })),
  )
  return {
    inner: (a, b) => product(inner!, a, b),
    outer: (a, b) => product(outer!, a, b),
    async close() {
      await Promise.all([inner!.close(), outer!.close()])
    },
  }
}

function gemm(name: string, transA: 0 | 1, transB: 0 | 1): Graph {
  const g = graphBuilder(name)
  const a = g.input('a', 'float32', transA === 1 ? ['K', 'M'] : ['M', 'K'])
  const b = g.input('b', 'float32', transB === 1 ? ['N', 'K'] : ['K', 'N'])
  return g.build([g.add('Gemm', [a, b], { transA, transB }, 'product')])
}

async function product(session: Session, a: Matrix, b: Matrix): Promise<Matrix> {
  const tensor = ({ rows, columns, data }: Matrix) =>
    ({ dtype: 'float32', shape: [rows, columns], data }) as const
  const { product } = await session.run({ a: tensor(a), b: tensor(b) })
  const [rows, columns] = product!.shape as [number, number]
  return { rows, columns, data: product!.data as Float32Array }
}

/** Some rows of a matrix, in the order given. */
export function rowsOf({ columns, data }: Matrix, places: readonly number[]): Matrix {
  const some = new Float32Array(places.length * columns)
  places.forEach(
    (place, at) => void some.set(data.subarray(place * columns, (place + 1) * columns), at * columns),
  )
  return { rows: places.length, columns, data: some }
}
