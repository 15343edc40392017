// Builds the page without a run into dist/web/report.html: one file, no network, a strict content policy.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { viteSingleFile } from 'vite-plugin-singlefile'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const out = process.argv[2] ?? join(root, 'dist', 'web', 'report.html')

/** The largest shell that is let through, in bytes: it comes with every report. */
const MOST_BYTES = 150_000

// What users get, also where a test builds it: vite would put checks for developers into the page.
process.env.NODE_ENV = 'production'

const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

function only(html, pattern, what) {
  const found = [...html.matchAll(pattern)]
  if (found.length !== 1) throw new Error(`the page has ${found.length} ${what}, and not one`)
  return found[0]
}

const result = await build({
  configFile: false,
  root: join(root, 'src', 'web'),
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [viteSingleFile({ removeViteModuleLoader: true })],
  build: { write: false, target: 'es2023', sourcemap: false, modulePreload: false },
})
const html = result.output.find(({ fileName }) => fileName.endsWith('.html')).source
const [, script] = only(html, /<script type="module"[^>]*>([\s\S]*?)<\/script>/g, 'scripts')
const [, style] = only(html, /<style[^>]*>([\s\S]*?)<\/style>/g, 'styles')
only(html, /<!--runs-->/g, 'places for runs')
const policy = [
  "default-src 'none'",
  `script-src ${hashOf(script)}`,
  `style-src ${hashOf(style)}`,
  'img-src data: blob:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')
// The script comes last: it reads the runs that stand before it.
const plain = html
  .replace(/<script type="module"[^>]*>[\s\S]*?<\/script>/, '')
  .replace(
    '<meta charset="utf-8">',
    () => `<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="${policy}">`,
  )
  .replace('</body>', () => `<script type="module">${script}</script>\n</body>`)
if (plain.length > MOST_BYTES)
  throw new Error(`the page without a run is ${plain.length} bytes, more than ${MOST_BYTES}`)
mkdirSync(dirname(out), { recursive: true })
writeFileSync(out, plain)
console.log(`page: ${readFileSync(out).length} bytes without a run`)
