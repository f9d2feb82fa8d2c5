/** What the server is asked when it is asked for something odd. */
import type { Ask } from './load.ts'

/** Requests of every kind that is refused, and others that are rare; `image` is an image file. */
export function oddAsks(image: Uint8Array): Ask[] {
  const post = { method: 'POST', path: '/v1/classify' } as const
  return [
    { ...post, body: new TextEncoder().encode('Dear all'), wanted: 422 },
    { ...post, body: image.subarray(0, image.length >> 1), wanted: 422 },
    { ...post, body: new Uint8Array(), wanted: 400 },
    { ...post, body: image, headers: { 'content-type': 'application/json' }, wanted: 415 },
    { ...post, body: image, headers: { 'content-type': 'multipart/form-data; boundary=x' }, wanted: 400 },
    { ...post, path: '/v1/classify?top=0', body: image, wanted: 400 },
    { ...post, path: '/v1/classify?heatmap=1', body: image, wanted: 200 },
    { method: 'GET', path: '/nowhere', wanted: 404 },
    { method: 'DELETE', path: '/v1/model', wanted: 405 },
    { method: 'GET', path: '/healthz', headers: { host: 'evil.example' }, wanted: 403 },
    { method: 'GET', path: '/', wanted: 200 },
    { ...post, body: image, wanted: null },
  ]
}

/** A form of that many bytes, whose file is no image though it begins as one. */
export function largeForm(bytes: number): Ask {
  const body = new Uint8Array(bytes).fill(7)
  const head = '--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n\xff\xd8\xff'
  const tail = '\r\n--x--'
  body.set(Buffer.from(head, 'latin1'))
  body.set(Buffer.from(tail), bytes - tail.length)
  const headers = { 'content-type': 'multipart/form-data; boundary=x' }
  return { method: 'POST', path: '/v1/classify', headers, body, wanted: 422 }
}
