/**
 * A scenario with broken parts replaced by harmless ones, so that what is whole is judged too and every problem is
 * told at once. What stands in is valid and names nothing.
 */
import type { Names } from './names.ts'
import type { Finding, Path } from './problem.ts'

type Plain = Record<string, unknown>

const STANDINS: Readonly<Record<string, unknown>> = {
  version: 1,
  title: '-',
  run: '365d',
}

const NOTE = { note: '-' }
const STEP = { at: '0s', do: NOTE }
const LINK = { from: 'any', to: 'any', latency: '0s' }
const BLOCK = { kafka: 'zookeeper kraft' }

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A step whose actions or condition are broken keeps the rest. */
function mendStep(steps: unknown[], index: number, [part, action]: readonly (string | number)[]): void {
  const step = steps[index]
  if (!isPlain(step)) steps[index] = STEP
  else if (part === 'do' && typeof action === 'number' && Array.isArray(step.do)) step.do[action] = NOTE
  else if (part === 'do') step.do = NOTE
  else if (typeof part === 'string') delete step[part]
  else steps[index] = STEP
}

function mendCluster(cluster: unknown, [part, index]: readonly (string | number)[], names: Names): unknown {
  if (isPlain(cluster) && part === 'brokers' && typeof index === 'number' && Array.isArray(cluster.brokers)) {
    // An id far from those that people choose, a different one for each.
    cluster.brokers[index] = { id: 9000 + index }
    return cluster
  }
  const brokers = names.brokers === null || names.brokers.length === 0 ? 3 : names.brokers.map((id) => ({ id }))
  if (!isPlain(cluster) || part === undefined || part === 'brokers')
    return { ...(isPlain(cluster) ? cluster : {}), brokers }
  delete cluster[part]
  return cluster
}

/** Replaces what a finding is about: an entry of a list or a map where possible, else the whole section. */
function mend(document: Plain, [section, entry, ...below]: Path, names: Names): void {
  if (section === undefined) return
  const value = document[section]
  if (section === 'cluster') document.cluster = mendCluster(value, entry === undefined ? [] : [entry, ...below], names)
  else if (section === 'steps' && Array.isArray(value) && typeof entry === 'number') mendStep(value, entry, below)
  else if (section === 'expect') mendExpectation(document, value, entry, below)
  else if (
    section === 'network' &&
    isPlain(value) &&
    entry === 'links' &&
    typeof below[0] === 'number' &&
    Array.isArray(value.links)
  ) {
    value.links[below[0]] = LINK
  } else if ((section === 'topics' || section === 'clients') && isPlain(value) && typeof entry === 'string') {
    if (section === 'topics') value[entry] = {}
    else delete value[entry]
  } else if (isPlain(value) && typeof entry === 'string') delete value[entry]
  else delete document[section]
}

function mendExpectation(
  document: Plain,
  value: unknown,
  entry: string | number | undefined,
  below: readonly (string | number)[],
): void {
  const inList = Array.isArray(value) && typeof entry === 'number'
  const block: unknown = inList ? value[entry] : value
  const key = inList ? below[0] : entry
  if (isPlain(block) && typeof key === 'string' && Object.hasOwn(block, key)) delete block[key]
  else if (inList) value[entry] = BLOCK
  else delete document.expect
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
export function salvage(value: unknown, findings: readonly Finding[], names: Names, kafka: string): unknown {
  if (!isPlain(value)) return null
  const document = JSON.parse(JSON.stringify(value)) as Plain
  for (const { path } of findings) mend(document, path, names)
  for (const [key, standin] of Object.entries({ ...STANDINS, kafka }))
    if (document[key] === undefined) document[key] = standin
  if (document.cluster === undefined) document.cluster = { brokers: 3 }
  return document
}
