/** The ways in which pictures come: chosen, dropped anywhere on the page, or pasted. */
import { byId } from '../elements.ts'

/** Hands over each picture with a name for it. */
export type Receive = (image: Blob, name: string) => void

export function listenForPictures(receive: Receive): void {
  const chooser = byId('files', HTMLInputElement)
  byId('choose', HTMLButtonElement).addEventListener('click', () => chooser.click())
  chooser.addEventListener('change', () => {
    give(chooser.files, receive)
    chooser.value = '' // so that the same file can be chosen again
  })
  document.addEventListener('paste', event => {
    const { files } = event.clipboardData ?? {}
    if (files === undefined || files.length === 0) return
    event.preventDefault()
    give(files, receive)
  })
  listenForDrops(receive)
}

/** The whole page takes drops: a file that misses a small target would be opened in place of the page. */
function listenForDrops(receive: Receive): void {
  const target = byId('give', HTMLElement)
  let depth = 0 // a drag enters and leaves every element below the pointer
  const mark = (change: number): void => {
    depth = Math.max(0, depth + change)
    target.classList.toggle('over', depth > 0)
  }
  document.addEventListener('dragenter', () => mark(1))
  document.addEventListener('dragleave', () => mark(-1))
  document.addEventListener('dragover', event => event.preventDefault())
  document.addEventListener('drop', event => {
    event.preventDefault()
    mark(-depth)
    give(event.dataTransfer?.files, receive)
  })
}

function give(files: FileList | null | undefined, receive: Receive): void {
  // The last to come is shown first, so the first of several comes last.
  for (const file of [...(files ?? [])].reverse()) receive(file, file.name || 'pasted picture')
}
