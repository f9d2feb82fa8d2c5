/** The text that lies beside exported ONNX files: what each is, and how programs run them. */
import { bundleNames } from '../bundle/bundle-graph.ts'
import type { BundleFacts } from '../bundle/facts.ts'
import { version } from '../util/version.ts'

export function onnxReadme({ classNames, preprocessing, card }: BundleFacts, title: string): string {
  const { size } = preprocessing
  return `# ${title.replaceAll(/[\r\n]+/g, ' ')}

A classifier of ${classNames.length} classes, made by Graft ${version} from ${card.backbone.name} (${card.backbone.licence}).

| file | what it is |
|---|---|
| \`model.onnx\` | the whole classifier: pictures of any size in, probabilities out |
| \`onnx/model.onnx\`, \`config.json\`, \`preprocessor_config.json\` | the same for transformers.js, which loads this folder |
| \`labels.js\`, \`labels.d.ts\` | the classes in the order of the outputs, and their union as a TypeScript type |
| \`verification.json\` | how these files answered on the validation images, against the run |

\`model.onnx\` takes \`${bundleNames.input}\`, uint8 [N, H, W, 3]: upright sRGB pixels, transparency laid over rgb(${preprocessing.background.join(', ')}).
It resizes them itself (to ${size} x ${size}), and gives \`${bundleNames.output}\`, float32 [N, ${classNames.length}]. Pictures of one call have one size.

## Python

\`\`\`python
# pip install onnxruntime pillow numpy
import ast, sys
import numpy as np, onnxruntime
from PIL import Image, ImageOps

session = onnxruntime.InferenceSession("model.onnx")
names = ast.literal_eval(session.get_modelmeta().custom_metadata_map["names"])
image = np.asarray(ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGB"))
[scores] = session.run(["${bundleNames.output}"], {"${bundleNames.input}": image[None]})[0]
for index in np.argsort(-scores)[:5]:
    print(f"{scores[index]:.4f} {names[index]}")
\`\`\`

## JavaScript: Graft

\`\`\`js
import { load } from 'graft' // in browsers: from 'graft/browser'
const classifier = await load('model.onnx')
console.log(await classifier.classify('photo.jpg'))
\`\`\`

## JavaScript: transformers.js

\`\`\`js
import { env, pipeline } from '@huggingface/transformers'
env.localModelPath = '/path/to/the/parent/of/this/folder'
env.allowRemoteModels = false
const classify = await pipeline('image-classification', 'this-folder', { dtype: 'fp32' })
console.log(await classify('photo.jpg'))
\`\`\`
`
}
