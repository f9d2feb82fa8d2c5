/** How to use a model, from the command line, from Node and from Python. */
import { code, codeBlock } from './markdown.ts'
import type { ModelCard } from './types.ts'

/** Commands and programs that work as they stand, with the run's own paths. */
export function usageSection({ run, files }: ModelCard): string {
  return [
    '## How to use it',
    '',
    codeBlock('sh', [`graft predict ${shellWord(run)} photo.jpg`]),
    '',
    'From Node:',
    '',
    codeBlock('js', [
      "import { load } from 'graft'",
      '',
      `const classifier = await load(${JSON.stringify(run)})`,
      "console.log(await classifier.classify('photo.jpg')) // [{ label, score }, ...], highest score first",
    ]),
    '',
    `From Python, with nothing of Graft: ${code(files.bundle)} takes pixels of any size and gives probabilities.`,
    '',
    codeBlock('python', python(files.bundle)),
  ].join('\n')
}

function python(bundle: string): string[] {
  return [
    'import ast',
    'import numpy, onnxruntime',
    'from PIL import Image, ImageOps',
    '',
    `session = onnxruntime.InferenceSession(${JSON.stringify(bundle)})`,
    'names = ast.literal_eval(session.get_modelmeta().custom_metadata_map["names"])',
    'picture = ImageOps.exif_transpose(Image.open("photo.jpg")).convert("RGB")',
    'pixels = numpy.asarray(picture)[None]  # uint8 [1, height, width, 3]',
    'probabilities = session.run(None, {session.get_inputs()[0].name: pixels})[0][0]',
    'print(names[int(probabilities.argmax())], probabilities.max())',
  ]
}

/** A path as one word of a shell: quoted where it holds more than plain characters. */
function shellWord(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}
