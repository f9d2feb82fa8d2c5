import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { contentPolicy, pageDocument } from '../../src/page/document.ts'
import { html, trusted } from '../../src/page/html.ts'

test('html escapes text between tags and in attributes, and joins lists', () => {
  const name = `<img src=x onerror="alert('1')">&`
  const escaped = '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;'
  assert.equal(html`<b title="${name}">${name}</b>`.text, `<b title="${escaped}">${escaped}</b>`)
  assert.equal(html`${['a<', html`<i>${1}</i>`, null, false]}`.text, 'a&lt;<i>1</i>')
  assert.equal(html`${trusted('<svg></svg>')}`.text, '<svg></svg>')
})

test('pageDocument keeps data inside of its element', () => {
  const page = pageDocument({ title: 'a</title>', body: html`<main></main>`, data: ['</script><script>'] })
  assert.ok(page.includes('<title>a&lt;/title&gt;</title>'))
  assert.ok(page.includes('id="data">["\\u003c/script>\\u003cscript>"]</script>'))
})

test('contentPolicy lets in one script by its hash, and nothing else', () => {
  const script = 'document.title = "x"'
  const hash = createHash('sha256').update(script).digest('base64')
  assert.ok(contentPolicy({ script }).includes(`script-src 'sha256-${hash}'`))
  assert.ok(contentPolicy({}).includes("script-src 'none'; connect-src 'none'"))
  assert.throws(() => contentPolicy({ script: '"</script>"' }), RangeError)
})
