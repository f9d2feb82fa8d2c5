/** Text in cells. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cellWidth, fitCells, padCells, printable } from '../../../src/cli/terminal/text.ts'

test('cellWidth() counts two for wide letters and pictures, none for marks and colours', () => {
  for (const [text, cells] of [
    ['', 0],
    ['cactus', 6],
    ['größe', 5],
    ['gro\u0308ße', 5],
    ['猫の写真', 8],
    ['한국어', 6],
    ['ｆｕｌｌ', 8],
    ['🐈', 2],
    ['👩‍🚀', 2],
    ['\u200b', 0],
    ['\x1b[31mred\x1b[39m', 3],
  ] as const)
    assert.equal(cellWidth(text), cells, JSON.stringify(text))
})

test('fitCells() cuts the end or the start, and never half a letter', () => {
  assert.equal(fitCells('photo.jpg', 9), 'photo.jpg')
  assert.equal(fitCells('photo.jpg', 6), 'photo…')
  assert.equal(fitCells('a/long/path/photo.jpg', 10, 'start'), '…photo.jpg')
  assert.equal(fitCells('猫の写真', 6), '猫の…')
  assert.equal(fitCells('猫', 1), '…')
  assert.equal(fitCells('x', 0), '')
})

test('fitCells() and padCells() keep to the cells that they are given', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '猫', 'é', '🐈', 'o\u0308', ' ') })
  fc.assert(
    fc.property(text, fc.nat(12), fc.constantFrom('start', 'end'), (words, cells, cut) => {
      const fitted = fitCells(words, cells, cut)
      assert.ok(cellWidth(fitted) <= cells)
      assert.ok(cellWidth(words) > cells || fitted === words)
      for (const align of ['left', 'right'] as const)
        assert.equal(cellWidth(padCells(fitted, cells, align)), cells)
    }),
  )
})

test('printable() writes out what could command a terminal or turn a line around', () => {
  assert.equal(printable('größe 猫 🐈.jpg'), 'größe 猫 🐈.jpg')
  assert.equal(printable('a\nb\tc\rd'), 'a\\nb\\tc\\rd')
  assert.equal(printable('\x1b]0;title\x07\x9b2J\x7f'), '\\x1b]0;title\\x07\\x9b2J\\x7f')
  assert.equal(printable('gnp\u202ejpg.exe\u2028'), 'gnp\\u202ejpg.exe\\u2028')
})
