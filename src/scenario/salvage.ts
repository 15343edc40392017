/**
 * A scenario with broken parts replaced by harmless ones, so that what is whole is judged too and every problem is
 * told at once. What stands in is valid and names nothing.
 */
import type { Names } from './names.ts'
import type { Finding, Path } from './problem.ts'
import type { Issue } from './schema.ts'

type Plain = Record<string, unknown>

const STANDINS: Readonly<Record<string, unknown>> = {
  version: 1,
  title: '-',
  run: '365d',
}

const STEP = { at: '0s', do: { note: '-' } }

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Replaces what an issue is about: an entry of a list or a map where possible, else the whole section. */
function mend(document: Plain, issue: Issue, names: Names): void {
  const [section, entry] = issue.path as (string | number)[]
  if (section === undefined) {
    for (const key of issue.keys ?? []) delete document[key]
    return
  }
  const value = document[section]
  if (Array.isArray(value) && typeof entry === 'number') {
    if (section === 'steps') value[entry] = STEP
    else if (section === 'expect') value[entry] = { kafka: 'zookeeper kraft' }
    else delete document[section]
  } else if ((section === 'topics' || section === 'clients') && isPlain(value) && typeof entry === 'string') {
    if (section === 'topics' && issue.code !== 'invalid_key') value[entry] = {}
    else delete value[entry]
  } else if (section === 'cluster') {
    document.cluster = {
      brokers: names.brokers === null || names.brokers.length === 0 ? 3 : names.brokers.map((id) => ({ id })),
    }
  } else delete document[section]
}

/** A copy without the keys that findings are about: an unknown key, or a value that may be left out, does no more harm. */
export function withoutWrongKeys(value: unknown, findings: readonly Finding[]): unknown {
  if (!isPlain(value)) return null
  const document = JSON.parse(JSON.stringify(value)) as Plain
  for (const { path, message } of findings) {
    if (path.length > 0 && !message.endsWith(' is missing')) remove(document, path)
  }
  return document
}

function remove(document: Plain, path: Path): void {
  let at: unknown = document
  for (const part of path.slice(0, -1)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return
    at = (at as Record<string | number, unknown>)[part]
  }
  const last = path[path.length - 1]!
  if (isPlain(at) && typeof last === 'string') delete at[last]
}

/** A copy without the broken parts; it may still not be right, when the breakage is deeper than this reaches. */
export function salvage(value: unknown, issues: readonly Issue[], names: Names, kafka: string): unknown {
  if (!isPlain(value)) return null
  const document = JSON.parse(JSON.stringify(value)) as Plain
  for (const issue of issues) mend(document, issue, names)
  for (const [key, standin] of Object.entries({ ...STANDINS, kafka }))
    if (document[key] === undefined) document[key] = standin
  if (document.cluster === undefined) document.cluster = { brokers: 3 }
  return document
}
