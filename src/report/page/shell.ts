/** Puts traces into the built page. What comes from a scenario is escaped here and is data ever after. */

/** Where the shell wants the runs; the build checks that it is there once. */
const RUNS_PLACE = '<!--runs-->'
const TITLE_PLACE = '<title>Highwater</title>'
const STORY_PLACE = '<p id="story"></p>'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => ESCAPES[letter]!)

interface PageContent {
  readonly title: string
  readonly story: string
  /** Traces, gzipped, in base64. */
  readonly runs: readonly string[]
  /** How they stand side by side, packed alike; null: there is one, or they are not compared. */
  readonly comparison: string | null
}

/** The whole page. Base64 needs no escaping inside a data block; replacements are functions because of `$`. */
export function filledShell(shell: string, { title, story, runs, comparison }: PageContent): string {
  const block = (name: string, data: string): string =>
    `<script type="application/octet-stream;base64" class="${name}">${data}</script>`
  const blocks = [
    ...runs.map((run) => block('run', run)),
    ...(comparison === null ? [] : [block('comparison', comparison)]),
  ]
  return shell
    .replace(TITLE_PLACE, () => `<title>${escaped(title)} · Highwater</title>`)
    .replace(STORY_PLACE, () => `<p id="story">${escaped(`${title}. ${story}`)}</p>`)
    .replace(RUNS_PLACE, () => blocks.join('\n'))
}
