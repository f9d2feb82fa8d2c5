/** Accuracy, F1 and the like from a confusion matrix: zero division and absent classes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { confusionMatrix } from '../../src/evaluate/confusion.ts'
import { accuracy, balancedAccuracy, classFigures, macroF1, matthews } from '../../src/evaluate/figures.ts'

test('classFigures() are 0 where nothing was predicted or nothing was there', () => {
  const figures = classFigures(confusionMatrix([0, 0, 1], [0, 0, 0], 3))
  assert.deepEqual(figures[1], { precision: 0, recall: 0, f1: 0, support: 1 })
  assert.deepEqual(figures[2], { precision: 0, recall: 0, f1: 0, support: 0 })
})

test('macroF1() and balancedAccuracy() leave out a class that does not occur', () => {
  const confusion = confusionMatrix([0, 1, 1], [0, 1, 1], 7)
  assert.equal(macroF1(confusion), 1)
  assert.equal(balancedAccuracy(confusion), 1)
})

test('figures over no examples are NaN', () => {
  const none = confusionMatrix([], [], 2)
  for (const figure of [accuracy, macroF1, balancedAccuracy, matthews]) assert.equal(figure(none), Number.NaN)
})

test('matthews() is 0 when one class is always predicted, -1 when two are always swapped', () => {
  assert.equal(matthews(confusionMatrix([0, 1, 1], [1, 1, 1], 2)), 0)
  assert.equal(matthews(confusionMatrix([0, 1, 1], [1, 0, 0], 2)), -1)
})
