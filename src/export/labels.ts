/** The labels of a classifier as a module, with their union as a type. */

/** `labels.js` and `labels.d.ts`: the class names in the order of the outputs, for programs that switch on them. */
export function labelModule(classNames: readonly string[]): ReadonlyMap<string, string> {
  const names = classNames.map(name => JSON.stringify(name))
  const union = names.map(name => `  | ${name}`).join('\n')
  const list = names.map(name => `  ${name},\n`).join('')
  return new Map([
    [
      'labels.js',
      `/** The classes, in the order of the outputs. */\nexport const labels = Object.freeze([\n${list}])\n`,
    ],
    [
      'labels.d.ts',
      `/** What the classifier may answer. */
export type Label =\n${union}

/** The classes, in the order of the outputs. */
export declare const labels: readonly [\n${list}]
`,
    ],
  ])
}
