/** The camera: asked for only on a click, answered as fast as the classifier can, and let go of when it is stopped. */
import { byId } from '../elements.ts'
import { complaint } from './complaint.ts'
import type { Receive } from './give.ts'
import { scoreList } from './scores.ts'
import type { Classify } from './types.ts'

/** Classes that are shown below the camera's picture. */
const top = 3
/** Pause between two looks, in milliseconds, so that the device stays cool. */
const pause = 120
/** The longest side of a picture that is sent, in pixels; a network looks at far fewer. */
const longest = 640

/** Makes the camera's button and panel work; `keep` receives the pictures that are taken. */
export function listenForCamera(classify: Classify, keep: Receive): void {
  const button = byId('camera', HTMLButtonElement)
  const panel = byId('camera-panel', HTMLElement)
  const take = byId('take', HTMLButtonElement)
  const video = byId('video', HTMLVideoElement)
  const outcome = byId('camera-outcome', HTMLElement)
  let stream: MediaStream | null = null

  const stop = (): void => {
    for (const track of stream?.getTracks() ?? []) track.stop()
    stream = null
    video.srcObject = null
    video.hidden = take.hidden = true
    button.textContent = 'Use the camera'
  }

  const start = async (): Promise<void> => {
    panel.hidden = false
    outcome.replaceChildren()
    button.disabled = true
    try {
      stream = await openCamera()
      video.srcObject = stream
      await video.play()
      video.hidden = take.hidden = false
      button.textContent = 'Stop the camera'
      void watch()
    } catch (error) {
      stop()
      outcome.replaceChildren(...complaint(error))
    } finally {
      button.disabled = false
    }
  }

  /** Looks again and again while the camera is on and the page is seen. */
  const watch = async (): Promise<void> => {
    while (stream !== null) {
      try {
        const answer = await classify(await frameOf(video), { top, heatmap: false })
        if (stream !== null) outcome.replaceChildren(scoreList(answer))
      } catch (error) {
        outcome.replaceChildren(...complaint(error))
      }
      await new Promise(resolve => setTimeout(resolve, pause))
      // A page that is not seen gets no animation frames.
      await new Promise(requestAnimationFrame)
    }
  }

  button.addEventListener('click', () => {
    if (stream === null) return void start()
    stop()
    panel.hidden = true
  })
  take.addEventListener('click', async () => keep(await frameOf(video), 'camera picture'))
}

async function openCamera(): Promise<MediaStream> {
  // Browsers hide cameras from pages that came over plain HTTP from another machine.
  if (!('mediaDevices' in navigator))
    throw new Error('This browser lets pages use the camera only on localhost or over HTTPS')
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false })
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error })
  }
}

function reasonOf(error: unknown): string {
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError') return 'The camera may not be used: allow it in the settings of the browser'
  if (name === 'NotFoundError') return 'No camera was found'
  return 'The camera cannot be opened: another program may be using it'
}

/** What the camera sees now, as a JPEG file. */
async function frameOf(video: HTMLVideoElement): Promise<Blob> {
  const { videoWidth, videoHeight } = video
  const scale = Math.min(1, longest / Math.max(videoWidth, videoHeight))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(videoWidth * scale)
  canvas.height = Math.round(videoHeight * scale)
  canvas.getContext('2d')!.drawImage(video, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) => {
    const done = (blob: Blob | null): void =>
      blob === null ? reject(new Error('The camera gave no picture')) : resolve(blob)
    canvas.toBlob(done, 'image/jpeg', 0.92)
  })
}
