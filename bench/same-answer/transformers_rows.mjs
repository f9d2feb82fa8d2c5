// Answers of transformers.js: node transformers_rows.mjs INSTALLED EXPORTED, the paths of pictures as JSON on standard
// input, lists of labels and scores on standard output. INSTALLED is a folder in which @huggingface/transformers is.
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'

const [installed, exported] = process.argv.slice(2).map(path => resolve(path))
const entry = createRequire(join(installed, 'package.json')).resolve('@huggingface/transformers')
const { env, pipeline } = await import(pathToFileURL(entry).href)
env.localModelPath = dirname(exported)
env.allowRemoteModels = false
const classify = await pipeline('image-classification', basename(exported), { dtype: 'fp32' })
const answers = []
for (const path of JSON.parse(await text(process.stdin))) answers.push(await classify(path, { top_k: null }))
process.stdout.write(JSON.stringify(answers))
