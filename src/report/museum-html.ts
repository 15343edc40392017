/** The museum as one page: no script, nothing from elsewhere, light and dark, a glyph beside every colour. */
import type { Exhibit, Museum, MuseumCell, MuseumVerdict } from './museum.ts'
import { affectedWords, countWords, EVIDENCE_WORDS, issueLink, VERDICT_WORDS, verdictWords } from './museum-words.ts'

/** The one style sheet; the page names its hash, so that no other style is taken. */
export const MUSEUM_STYLE = `
:root { color-scheme: light dark; --ink: #1c2126; --soft: #59636e; --paper: #fff; --line: #d4dae0; --head: #f3f5f7;
  --good: #16653a; --good-bg: #e6f4ea; --bad: #a11220; --bad-bg: #fdeaea; --warn: #7a4d00; --warn-bg: #fdf3dc; --link: #0b57b0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --soft: #9ba6b2; --paper: #14181c; --line: #333b44; --head: #1d2329;
  --good: #7ed39d; --good-bg: #14301f; --bad: #ff9a9a; --bad-bg: #3b171a; --warn: #f2c46d; --warn-bg: #352808; --link: #7db7ff; } }
body { margin: 2rem auto; max-width: 96rem; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
p, li { max-width: 75ch; }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; font-size: .875rem; width: 100%; }
th, td { border: 1px solid var(--line); padding: .35rem .5rem; text-align: left; vertical-align: top; }
thead th { background: var(--head); white-space: nowrap; }
.wide th[scope=row] { position: sticky; left: 0; background: var(--head); min-width: 18rem; font-weight: 600; }
td a { color: inherit; }
.cell { white-space: nowrap; }
.good { color: var(--good); background: var(--good-bg); }
.bad { color: var(--bad); background: var(--bad-bg); font-weight: 600; }
.warn { color: var(--warn); background: var(--warn-bg); }
.dim { color: var(--soft); }
.disagrees { outline: 3px solid var(--bad); outline-offset: -3px; }
code { font: .85em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
details { margin: .5rem 0 1.5rem; }
summary { cursor: pointer; }
.about { color: var(--soft); }
`

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

const link = (to: string, words: string): string => `<a href="${escaped(to)}">${escaped(words)}</a>`

const idOf = (scenario: string): string => scenario.replace(/[^A-Za-z0-9-]+/g, '-')

const classOf = ({ verdict, agrees }: MuseumCell): string =>
  `cell ${VERDICT_WORDS[verdict].tone}${agrees ? '' : ' disagrees'}`

const verdictText = (cell: MuseumCell): string => `${verdictWords(cell)}${cell.agrees ? '' : ' (disagrees)'}`

const evidenceMark = ({ verdict, evidence }: MuseumCell): string => {
  if (verdict === 'not-applicable') return ''
  const { glyph, words } = EVIDENCE_WORDS[evidence]
  return ` <span role="img" aria-label="${words}" title="${words}">${glyph}</span>`
}

const overviewRow = (exhibit: Exhibit): string => {
  const cells = exhibit.cells.map((cell) => {
    const words = `<a href="#${idOf(exhibit.scenario)}" title="${escaped(cell.reason)}">${verdictText(cell)}</a>`
    return `<td class="${classOf(cell)}">${words}${evidenceMark(cell)}</td>`
  })
  return `<tr><th scope="row">${link(exhibit.link, exhibit.title)}</th>${cells.join('')}</tr>`
}

function knownFrom(cell: MuseumCell, folder: string): string {
  if (cell.verdict === 'not-applicable') return ''
  const { glyph, words } = EVIDENCE_WORDS[cell.evidence]
  const links = cell.recordings.map((name) => link(`${folder}/${name}.json`, name))
  return `${glyph} ${words}${links.length === 0 ? '' : `: ${links.join(', ')}`}`
}

function exhibitSection(exhibit: Exhibit, folder: string): string {
  const issues = exhibit.jira.map((jira) => link(issueLink(jira), jira))
  const about = [
    link(exhibit.link, exhibit.scenario),
    ...(exhibit.kip === null ? [] : [escaped(exhibit.kip)]),
    ...issues,
  ]
  const rows = exhibit.cells.map((cell) => {
    const expected =
      cell.disagreement === null ? '' : `<br><strong>Expected otherwise:</strong> ${escaped(cell.disagreement)}`
    return `<tr><th scope="row">${escaped(cell.generation)}</th><td class="${classOf(cell)}">${verdictText(cell)}</td>
<td>${escaped(cell.reason)}${expected}</td><td>${knownFrom(cell, folder)}</td>
<td>${cell.repeat === '' ? '' : `<code>${escaped(cell.repeat)}</code>`}</td></tr>`
  })
  const open = exhibit.cells.some(({ agrees }) => !agrees) ? ' open' : ''
  return `<section id="${idOf(exhibit.scenario)}">
<h2>${escaped(exhibit.title)}</h2>
<p class="about">${about.join(' · ')} · ${escaped(affectedWords(exhibit))}</p>
<details${open}><summary>Why each generation came to what it did</summary>
<table>
<thead><tr><th scope="col">Generation</th><th scope="col">Verdict</th><th scope="col">Why</th><th scope="col">Known from</th><th scope="col">Repeat</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</details>
</section>`
}

interface MuseumPage {
  /** The folder of recordings as a link from the page. */
  readonly recordings: string
  /** SHA-256 of `MUSEUM_STYLE` in base64. */
  readonly styleHash: string
}

export function museumHtml(museum: Museum, page: MuseumPage): string {
  const used = new Set(museum.exhibits.flatMap(({ cells }) => cells.flatMap(({ verdict, also }) => [verdict, ...also])))
  const key = (Object.keys(VERDICT_WORDS) as MuseumVerdict[]).filter((verdict) => used.has(verdict))
  const policy = `default-src 'none'; style-src 'sha256-${page.styleHash}'; base-uri 'none'; form-action 'none'`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>The museum of incidents</title>
<style>${MUSEUM_STYLE}</style>
</head>
<body>
<main>
<h1>The museum of incidents</h1>
<p>Each row is an incident of Kafka’s history, told by a scenario; each column is a generation of brokers under the same scenario and seed.</p>
<p>Made by <code>${escaped(museum.command)}</code>, seed ${escaped(museum.seed)}, highwater ${escaped(museum.highwater)}. ${escaped(countWords(museum))}.</p>
<ul>
${key.map((verdict) => `<li><span class="${VERDICT_WORDS[verdict].tone}">${VERDICT_WORDS[verdict].glyph} ${VERDICT_WORDS[verdict].word}</span>: ${VERDICT_WORDS[verdict].meaning}</li>`).join('\n')}
<li>Known from: ${Object.values(EVIDENCE_WORDS)
    .map(({ glyph, words }) => `${glyph} ${words}`)
    .join(', ')}</li>
</ul>
<div class="wide" tabindex="0" role="region" aria-label="Incidents by generation">
<table>
<thead><tr><th scope="col">Incident</th>${museum.generations.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}</tr></thead>
<tbody>
${museum.exhibits.map(overviewRow).join('\n')}
</tbody>
</table>
</div>
${museum.exhibits.map((exhibit) => exhibitSection(exhibit, page.recordings)).join('\n')}
</main>
</body>
</html>
`
}
