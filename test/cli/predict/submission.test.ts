/** Submissions in Kaggle's forms. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  plainForm,
  type SubmissionForm,
  sampleForm,
  submissionAnswers,
} from '../../../src/cli/predict/submission.ts'
import { parseManifest } from '../../../src/dataset/manifest.ts'
import type { Example } from '../../../src/dataset/types.ts'
import { UserError } from '../../../src/util/errors.ts'

const example = (id: string): Example => ({
  id,
  source: { type: 'file', path: id },
  label: null,
  split: null,
})

/** What is written for images and their probabilities; null for one that cannot be read. */
function written(
  classNames: readonly string[],
  form: SubmissionForm,
  answers: Readonly<Record<string, readonly number[] | null>>,
): string {
  let text = ''
  const examples = Object.keys(answers).map(example)
  const writer = submissionAnswers(classNames, form, examples, written => (text += written))
  for (const one of examples) {
    const row = answers[one.id]!
    const error = new UserError('image', 'no')
    writer.add(
      row === null
        ? { example: one, probabilities: null, error }
        : { example: one, probabilities: Float32Array.from(row), error: null },
    )
  }
  assert.equal(text, '', 'nothing before the end')
  writer.end()
  return text
}

const names = { idColumn: 'id', labelColumn: 'label' }
const two = ['no', 'yes']
const three = ['ant', 'bee', 'wasp, common']
const sample = (classNames: readonly string[], text: string): SubmissionForm =>
  sampleForm(classNames, parseManifest('sample.csv', Buffer.from(text)))

test('a plain submission has file names and labels, without what could not be read', () => {
  const form = plainForm(two, { ...names, probabilities: false })
  const answers = { 'test/a.jpg': [0.25, 0.75], 'test/b.jpg': null, 'test/c.jpg': [1, 0] }
  assert.equal(written(two, form, answers), 'id,label\na.jpg,yes\nc.jpg,no\n')
})

test('a plain submission has whole paths where file names repeat', () => {
  const form = plainForm(two, { ...names, probabilities: false })
  assert.equal(
    written(two, form, { 'a/1.jpg': [0, 1], 'b/1.jpg': [1, 0] }),
    'id,label\na/1.jpg,yes\nb/1.jpg,no\n',
  )
})

test('a plain submission of probabilities has one column for two classes, and one each for more', () => {
  const form = plainForm(two, { idColumn: 'image', labelColumn: 'has_cactus', probabilities: true })
  assert.equal(written(two, form, { 'a.jpg': [0.25, 0.75] }), 'image,has_cactus\na.jpg,0.75\n')
  const wide = plainForm(three, { ...names, probabilities: true })
  assert.equal(
    written(three, wide, { 'a.jpg': [0.25, 0.5, 0.25] }),
    'id,ant,bee,"wasp, common"\na.jpg,0.25,0.5,0.25\n',
  )
})

test('a sample gives header, ids, order, and values for what could not be read', () => {
  const form = sample(two, 'id,has_cactus\nc,0.5\na,0.5\nb,0.5\n')
  const answers = { a: [0.25, 0.75], b: null, c: [1, 0] }
  assert.equal(written(two, form, answers), 'id,has_cactus\nc,0\na,0.75\nb,0.5\n')
})

test('a sample whose values are class names wants class names', () => {
  const form = sample(two, 'id,label\na,no\nb,no\n')
  assert.equal(written(two, form, { a: [0.25, 0.75], b: [0.75, 0.25] }), 'id,label\na,yes\nb,no\n')
})

test('a sample with a column for each class wants them in its order', () => {
  const form = sample(three, 'id,"wasp, common",ant,bee\nx,0,0,0\n')
  assert.equal(written(three, form, { x: [0.25, 0.5, 0.25] }), 'id,"wasp, common",ant,bee\nx,0.25,0.25,0.5\n')
})

const unfit: readonly (readonly [what: string, classNames: readonly string[], text: string])[] = [
  ['columns of other classes', three, 'id,cat,dog\na,0,0\n'],
  ['numbers for three classes', three, 'id,label\na,0.5\n'],
  ['no column but the ids', two, 'id\na\n'],
]
for (const [what, classNames, text] of unfit) {
  test(`sampleForm() refuses ${what}`, () => {
    assert.throws(
      () => sample(classNames, text),
      (error: unknown) => error instanceof UserError && /Cannot fill "sample.csv"/.test(error.message),
    )
  })
}
