/** What the terminal says of an export. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Exported } from '../../../src/api/export.ts'
import { exportLines } from '../../../src/cli/export/result.ts'
import { driftOf } from '../../../src/export/drift.ts'
import { driftTolerance } from '../../../src/export/verify.ts'

const pair = { id: 'a', run: Float32Array.of(0.75, 0.25), exported: Float32Array.of(0.4375, 0.5625) }
const file = {
  file: 'best.onnx',
  engine: 'onnxruntime-web, WebAssembly',
  right: { onlyRun: 1, onlyExported: 0, pValue: 1 },
  ...driftOf([pair], ['ant', 'bee'], 0.01),
}
const exported: Exported = {
  out: 'runs/photos/web',
  bytes: 32_800_000,
  verification: {
    format: 1,
    createdBy: 'graft',
    run: 'photos',
    quantization: { type: 'int8', calibrated: 512, before: 0.968, after: 0.9657 },
    tolerance: driftTolerance,
    images: 1,
    files: [file],
  },
}

test('exportLines() says what was made, what quantising cost, what was compared and what comes next', () => {
  assert.deepEqual(exportLines(exported, 'web'), [
    'runs/photos/web: 33 MB',
    'int8, calibrated on 512 training images: validation accuracy 96.80% before, 96.57% after',
    'verified on 1 validation image of the run:',
    '  best.onnx (onnxruntime-web, WebAssembly): probabilities within 0.31250, 1 answer changed',
    '',
    'next: put the folder on any web server; to look at it here: npx serve runs/photos/web',
  ])
})

test('exportLines() says when nothing was compared, and never less than the difference', () => {
  const none = { ...exported.verification, images: 0, files: [], quantization: null }
  assert.match(exportLines({ ...exported, verification: none }, 'onnx')[1]!, /^not verified/)
  const near = { ...file, largestDifference: 0.0000001, changedAnswers: 0 }
  const close = { ...exported.verification, quantization: null, files: [near] }
  assert.match(
    exportLines({ ...exported, verification: close }, 'tfjs')[2]!,
    /within 0.00001, no answer changed$/,
  )
})
