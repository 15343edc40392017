/** Runs as JUnit XML: a test suite a scenario, a test case a version and seed. */
export interface JUnitCase {
  /** Scenario or recording. */
  readonly suite: string
  readonly name: string
  readonly seconds: number
  /** null: it passed. `error` is for input that could not be used and for bugs of ours. */
  readonly problem: { readonly kind: 'failure' | 'error'; readonly message: string; readonly detail: string } | null
  readonly output: string
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** XML 1.0 has no control characters but tab and line ends, and no lone surrogates, not even escaped. */
const escaped = (text: string): string =>
  text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/\p{Cc}|[\ufffe\uffff]/gu, (character) => (/[\t\n\r]/.test(character) ? character : '\ufffd'))
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)

const attribute = (text: string): string => escaped(text).replace(/[\t\n\r]/g, ' ')

function caseXml(each: JUnitCase): string {
  const open = `    <testcase classname="${attribute(each.suite)}" name="${attribute(each.name)}" time="${each.seconds.toFixed(3)}">`
  const lines = [open]
  if (each.problem !== null) {
    const { kind, message, detail } = each.problem
    lines.push(`      <${kind} message="${attribute(message)}">${escaped(detail)}</${kind}>`)
  }
  if (each.output !== '') lines.push(`      <system-out>${escaped(each.output)}</system-out>`)
  lines.push('    </testcase>')
  return lines.join('\n')
}

const countsXml = (cases: readonly JUnitCase[]): string => {
  const failures = cases.filter(({ problem }) => problem?.kind === 'failure').length
  const errors = cases.filter(({ problem }) => problem?.kind === 'error').length
  const seconds = cases.reduce((sum, each) => sum + each.seconds, 0)
  return `tests="${cases.length}" failures="${failures}" errors="${errors}" time="${seconds.toFixed(3)}"`
}

export function junitXml(cases: readonly JUnitCase[]): string {
  const suites = [...new Set(cases.map(({ suite }) => suite))]
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites name="highwater" ${countsXml(cases)}>`]
  for (const suite of suites) {
    const own = cases.filter((each) => each.suite === suite)
    lines.push(`  <testsuite name="${attribute(suite)}" ${countsXml(own)}>`, ...own.map(caseXml), '  </testsuite>')
  }
  lines.push('</testsuites>')
  return `${lines.join('\n')}\n`
}
