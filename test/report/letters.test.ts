/** Text as outlines, and how wide it is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { element, fromSvg, type SvgElement, toSvg } from '../../src/report/chart.ts'
import { fitText, outlineText, textWidth } from '../../src/report/letters.ts'

/** Left and right end of the ink of a path, roughly: its absolute starts of letters. */
function lettersStart(path: SvgElement): number[] {
  return [...path.getAttribute('d')!.matchAll(/M(-?[\d.]+)/g)].map(match => Number(match[1]))
}

function outlined(attributes: Record<string, string | number>, words: string): SvgElement {
  const root = element('svg', {}, element('text', { 'font-size': 10, ...attributes }, words))
  outlineText(root)
  return [...root.children][0]!
}

test('textWidth() adds up advances, and semibold is wider', () => {
  assert.equal(textWidth('iii'), 3 * textWidth('i'))
  assert.ok(textWidth('validation', '600') > textWidth('validation'))
  assert.equal(textWidth('猫'), 1)
})

test('fitText() leaves short texts alone and cuts long ones to the width', () => {
  assert.equal(fitText('cactus', 10), 'cactus')
  const cut = fitText('a folder with a long name', 6)
  assert.match(cut, /^a folder.*\S…$/)
  assert.ok(textWidth(cut) <= 6)
  assert.equal(fitText('cactus', 0), '…')
})

test('outlineText() anchors at the start, the middle and the end', () => {
  const width = 10 * textWidth('cat')
  const start = lettersStart(outlined({ x: 50 }, 'cat'))[0]!
  assert.equal(start, 50)
  assert.ok(
    Math.abs(lettersStart(outlined({ x: 50, 'text-anchor': 'middle' }, 'cat'))[0]! - (50 - width / 2)) < 1e-9,
  )
  assert.ok(
    Math.abs(lettersStart(outlined({ x: 50, 'text-anchor': 'end' }, 'cat'))[0]! - (50 - width)) < 1e-9,
  )
})

test('outlineText() keeps paint and transform, and inherits size from the group', () => {
  const text = element('text', { fill: 'red', transform: 'translate(3,4)', y: '0.5em' }, 'x')
  const root = element('svg', { 'font-size': 20 }, element('g', { 'text-anchor': 'start' }, text))
  outlineText(root)
  const [path] = root.querySelectorAll('path')
  assert.equal(path?.getAttribute('fill'), 'red')
  assert.equal(path?.getAttribute('transform'), 'translate(3,4)')
  assert.match(path?.getAttribute('d') ?? '', /^M0 10m/)
})

test('outlineText() takes letters in decomposed form, as macOS names files', () => {
  assert.equal(outlined({}, 'gro\u0308ße').outerHTML, outlined({}, 'größe').outerHTML)
})

test('outlineText() leaves a text with other letters to the fonts of the machine', () => {
  assert.equal(outlined({}, 'cat 猫').tagName.toLowerCase(), 'text')
})

test('toSvg() rounds coordinates and not words', () => {
  const root = element('svg', { width: 1.23456 }, element('text', { x: -0.0001 }, 'loss 0.12345 < 1'))
  const svg = toSvg(root)
  assert.match(svg, /width="1\.23"/)
  assert.match(svg, /x="0"/)
  assert.equal(fromSvg(svg).textContent, 'loss 0.12345 < 1')
})
