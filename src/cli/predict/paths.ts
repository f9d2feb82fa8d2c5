/** The paths that a user gives, on the command line or on standard input. */
import { UserError } from '../../util/errors.ts'

/** What stands for standard input. */
const fromInput = '-'

/**
 * The paths, with `-` replaced by those on standard input: one a line, or separated by NUL as `find -print0` writes.
 *
 * @throws UserError `usage` when `-` is given and nothing comes
 */
export async function givenPaths(
  words: readonly string[],
  input: () => AsyncIterable<Uint8Array | string>,
): Promise<string[]> {
  if (!words.includes(fromInput)) return [...words]
  const chunks: Buffer[] = []
  for await (const chunk of input()) chunks.push(Buffer.from(chunk as Uint8Array))
  const text = Buffer.concat(chunks).toString()
  const paths = text.split(text.includes('\0') ? '\0' : /\r?\n/).filter(path => path !== '')
  if (paths.length === 0) {
    throw new UserError('usage', 'No path came on standard input', {
      hint: 'for example: ls *.jpg | graft predict runs/photos -',
    })
  }
  return words.flatMap(word => (word === fromInput ? paths : [word]))
}
