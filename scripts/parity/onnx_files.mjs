// Writes every operator in every form that the tests try as an ONNX file, beside what the reference interpreter
// makes of it, for onnx_files.py to check. Usage, after `npm run build`: node scripts/parity/onnx_files.mjs FOLDER
import { mkdirSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const built = process.env.GRAFT_BUILD
  ? pathToFileURL(`${process.env.GRAFT_BUILD}/`)
  : new URL('../../dist/', import.meta.url)
const load = path => import(new URL(path, built))
const { everyOp } = await load('test/graph/cases/index.js')
const { trialOf } = await load('test/graph/cases/case.js')
const { smallNetwork, smallNetworkFeeds } = await load('test/graph/small-network.js')
const { writeOnnx } = await load('src/graph/onnx/write.js')
const { isGraftOp } = await load('src/graph/ops.js')
const { interpret } = await load('src/graph/reference/index.js')
const { lower } = await load('src/graph/lowering/index.js')
const { withGradients } = await load('src/graph/gradients/index.js')

const folder = process.argv[2]
if (folder === undefined) throw new Error('Usage: node scripts/parity/onnx_files.mjs FOLDER')
mkdirSync(folder, { recursive: true })

/** @param reference the graph that the interpreter runs: `graph`, or what `graph` was lowered from */
function write(name, what, graph, feeds, reference = graph) {
  const plain = arrays =>
    Object.fromEntries(
      Object.entries(arrays).map(([key, { shape, data }]) => [key, { shape, data: [...data] }]),
    )
  const inputs = Object.fromEntries(
    graph.inputs.map(input => [input.name, { ...feeds[input.name], dtype: input.dtype }]),
  )
  const dtypes = Object.fromEntries(graph.inputs.map(input => [input.name, input.dtype]))
  writeFileSync(`${folder}/${name}.onnx`, writeOnnx(graph, { metadata: { names: 'ant, bee' } }))
  const record = { what, dtypes, inputs: plain(inputs), outputs: plain(interpret(reference, feeds)) }
  writeFileSync(`${folder}/${name}.json`, JSON.stringify(record))
}

for (const [op, { cases, refused = [] }] of everyOp) {
  if (isGraftOp(op) || op === 'Resize') continue
  for (const [index, one] of [...cases, ...refused].entries()) {
    const { graph, feeds } = trialOf(op, one, 'float32')
    write(`${op}-${index}`, `${op} ${one.what}`, graph, feeds)
  }
}
for (const statistics of ['given', 'batch']) {
  const { graph, loss, parameters } = smallNetwork(statistics, 'float32')
  const step = withGradients(graph, loss, parameters)
  for (const layout of ['plain', 'channel-first'])
    write(
      `training-step-${statistics}-${layout}`,
      'a training step',
      lower(step, { layout }),
      smallNetworkFeeds(graph),
      step,
    )
}
