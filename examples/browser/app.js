// A page of one's own around a classifier: `graft/browser` reads labels and preprocessing from the bundle itself.
import { load } from 'graft/browser'

const [picture, shown, answer] = ['picture', 'shown', 'answer'].map(id => document.getElementById(id))

try {
  const classifier = await load('model.onnx')
  answer.textContent = `Ready: ${classifier.classNames.join(', ')}, by ${classifier.device}.`

  picture.addEventListener('change', async () => {
    const [file] = picture.files
    if (file === undefined) return
    shown.src = URL.createObjectURL(file)
    shown.hidden = false
    answer.textContent = await answerFor(classifier, file)
  })
} catch (error) {
  answer.textContent = error.message
}

async function answerFor(classifier, file) {
  try {
    const [best] = await classifier.classify(file)
    return `${best.label}, ${(best.score * 100).toFixed(1)}%`
  } catch (error) {
    return error.message // such as: Cannot read "notes.txt" as an image: it holds text, ...
  }
}
