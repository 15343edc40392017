// Draws the picture of the README from the real output of a run: docs/kip-101.svg. Run after the build.
//   node scripts/picture.mjs [--check]     --check only says whether the picture still is what the program prints
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const file = new URL('../docs/kip-101.svg', import.meta.url)
const COMMAND = ['run', 'kip-101-truncation-loses-acked-record']
const COLUMNS = 104
/** What is shown, by the headings of the output; the rest of it is longer than a picture should be. */
const SECTIONS = ['Timeline', 'Lost records']

const CHAR = 7.8
const LINE = 18
const MARGIN = 16
const COLOURS = { 31: '#ff7b72', 32: '#7ee787', 33: '#e3b341', 36: '#79c0ff' }

const env = { ...process.env, COLUMNS: String(COLUMNS), FORCE_COLOR: '1', NO_COLOR: '' }
const printed = execFileSync(process.execPath, ['dist/cli/main.js', ...COMMAND], { cwd: root, env, encoding: 'utf8' })

const ESCAPE = String.fromCharCode(27)
const plain = (line) => line.replaceAll(new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'g'), '')

/** The chosen sections and the line that says how it ended. */
function shown() {
  const kept = []
  let inside = false
  const lines = printed.split('\n')
  for (const [index, line] of lines.entries()) {
    const isHeading = plain(line) !== '' && plain(lines[index - 1] ?? 'x') === '' && /^[A-Z]/.test(plain(line))
    if (isHeading) inside = SECTIONS.includes(plain(line))
    if (inside) kept.push(line)
  }
  const outcome = lines.findIndex((line) => /^✓ [A-Z ]+:/.test(plain(line)))
  return [`$ npx sim ${COMMAND.join(' ')}`, '', ...kept, ...lines.slice(outcome, outcome + 2)]
}

/** Spaces that do not collapse keep the columns, whoever draws it. */
const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(' ', '\u00a0')

/** One line of terminal output as spans: colours, bold and dim. */
function spans(line) {
  let style = { fill: null, bold: false, dim: false }
  let text = ''
  for (const [, codes, words] of `${ESCAPE}[0m${line}`.matchAll(
    new RegExp(`${ESCAPE}\\[([0-9;]*)m([^${ESCAPE}]*)`, 'g'),
  )) {
    for (const code of codes.split(';').map(Number)) {
      if (code === 0) style = { fill: null, bold: false, dim: false }
      else if (code === 1) style = { ...style, bold: true }
      else if (code === 2) style = { ...style, dim: true }
      else if (code === 22) style = { ...style, bold: false, dim: false }
      else if (code === 39) style = { ...style, fill: null }
      else if (COLOURS[code] !== undefined) style = { ...style, fill: COLOURS[code] }
    }
    if (words === '') continue
    const fill = style.fill === null ? '' : ` fill="${style.fill}"`
    const weight = style.bold ? ' font-weight="bold"' : ''
    const opacity = style.dim ? ' opacity="0.6"' : ''
    text += `<tspan${fill}${weight}${opacity}>${escaped(words)}</tspan>`
  }
  return text
}

const lines = shown()
const width = Math.ceil(COLUMNS * CHAR + 2 * MARGIN)
const height = lines.length * LINE + 2 * MARGIN
const rows = lines.map((line, index) => `<text x="${MARGIN}" y="${MARGIN + 13 + index * LINE}">${spans(line)}</text>`)
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>Output of highwater ${COMMAND.join(' ')}</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" fill="#e6edf3">
${rows.join('\n')}
</g>
</svg>
`
if (!process.argv.includes('--check')) writeFileSync(file, svg)
else if (readFileSync(file, 'utf8') === svg) console.log('the picture is what the program prints')
else {
  console.log('the picture is not what the program prints: npm run picture')
  process.exitCode = 1
}
