/** The page on which a served classifier is tried. */
import type { BundleFacts } from '../bundle/facts.ts'
import { contentPolicy } from '../page/document.ts'
import { html } from '../page/html.ts'
import { pageScript } from '../page/script.ts'
import { tryPage } from '../page/try.ts'
import type { Reply } from './reply.ts'

/** The page as it is sent. */
export function tryReply(name: string, { classNames, preprocessing }: BundleFacts, explains: boolean): Reply {
  const script = pageScript('try')
  const body = tryPage({
    title: name,
    classNames,
    fit: preprocessing.fit,
    explains,
    script,
    connect: 'self',
    privacy: 'Pictures go to this server, which keeps none of them.',
    footer: html`<p>For programs: <a href="/openapi.json">openapi.json</a>, <a href="/v1/model">the model</a></p>`,
  })
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `${contentPolicy({ script, connect: 'self' })}; frame-ancestors 'none'`,
      'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
    },
    body,
  }
}
