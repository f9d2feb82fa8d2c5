// A page of one's own around a classifier: `graft/browser` reads labels and preprocessing from the bundle itself.
import { heatPixels, load } from 'graft/browser'

const [picture, shown, heatmap, answer] = ['picture', 'shown', 'heatmap', 'answer'].map(id =>
  document.getElementById(id),
)

try {
  const classifier = await load('model.onnx')
  answer.textContent = `Ready: ${classifier.classNames.join(', ')}, by ${classifier.device}.`

  picture.addEventListener('change', async () => {
    const [file] = picture.files
    if (file === undefined) return
    shown.src = URL.createObjectURL(file)
    shown.hidden = false
    heatmap.width = 0 // clears it
    answer.textContent = await answerFor(classifier, file)
  })
} catch (error) {
  answer.textContent = error.message
}

async function answerFor(classifier, file) {
  try {
    const { predictions, heat } = await classifier.explain(file) // or `classify`, for the answer alone
    showHeat(heat)
    const [best] = predictions
    return `${best.label}, ${(best.score * 100).toFixed(1)}%`
  } catch (error) {
    return error.message // such as: Cannot read "notes.txt" as an image: it holds text, ...
  }
}

/** What spoke for the answer: one pixel for each part of the picture, which the style sheet stretches over it. */
function showHeat(heat) {
  heatmap.width = heat.columns
  heatmap.height = heat.rows
  const pixels = new ImageData(heat.columns, heat.rows)
  pixels.data.set(heatPixels(heat))
  heatmap.getContext('2d').putImageData(pixels, 0, 0)
}
