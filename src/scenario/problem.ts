/** A mistake in a scenario, a setting or a flag: found without a place, then placed in the text it was read from. */

/** Keys and list indexes from the top of the file. */
export type Path = readonly (string | number)[]

/** A mistake by path; `at` says whether the key or the value is underlined. */
export interface Finding {
  readonly path: Path
  readonly at: 'key' | 'value'
  /** What is wrong, in one sentence without a full stop. */
  readonly message: string
  readonly expected: string | null
  readonly found: string | null
  /** The valid name nearest to what was found. */
  readonly nearest: string | null
  /** The map whose parts contradict or miss each other; when a part of it is wrong by itself, that is said instead. */
  readonly parts?: Path
}

export interface Problem {
  /** File, or the flag the mistake came from. */
  readonly file: string
  /** From 1; 0 when there is no text. */
  readonly line: number
  /** From 1, in UTF-16 units; 0 when there is no text. */
  readonly column: number
  /** How much of the line is underlined. */
  readonly length: number
  /** For example `steps[2].do.crash`; empty for the file as a whole. */
  readonly path: string
  readonly message: string
  readonly expected: string | null
  readonly found: string | null
  readonly nearest: string | null
}

/** A stretch of one line of the text. */
export interface Place {
  readonly line: number
  readonly column: number
  readonly length: number
}

/** Where each value (and its key) is written, by path text. */
export type Places = Readonly<Record<string, { readonly key: Place | null; readonly value: Place }>>

const PLAIN_KEY = /^[A-Za-z0-9_-]+$/

/** `steps[2].do.crash`; keys that hold dots or spaces are quoted: `cluster.settings["min.insync.replicas"]`. */
export function pathText(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (PLAIN_KEY.test(part)) text += text === '' ? part : `.${part}`
    else text += `[${JSON.stringify(part)}]`
  }
  return text
}

/** The place of a path, or of the nearest thing above it that is written. */
export function placeOf(places: Places, path: Path, at: 'key' | 'value'): Place | null {
  for (let length = path.length; length >= 0; length--) {
    const place = Object.hasOwn(places, pathText(path.slice(0, length)))
      ? places[pathText(path.slice(0, length))]
      : undefined
    if (place === undefined) continue
    return at === 'value' && length === path.length ? place.value : (place.key ?? place.value)
  }
  return null
}

export function placed(finding: Finding, file: string, places: Places | null): Problem {
  const place = places === null ? null : placeOf(places, finding.path, finding.at)
  const { message, expected, found, nearest } = finding
  return {
    file,
    line: place?.line ?? 0,
    column: place?.column ?? 0,
    length: place?.length ?? 0,
    path: pathText(finding.path),
    message,
    expected,
    found,
    nearest,
  }
}

/** By line, then by column, then as they were found. */
export const inOrder = (problems: readonly Problem[]): Problem[] =>
  problems
    .map((problem, index) => ({ problem, index }))
    .sort((a, b) => a.problem.line - b.problem.line || a.problem.column - b.problem.column || a.index - b.index)
    .map(({ problem }) => problem)

const LONGEST_FOUND = 60

/** A found value in words short enough for a message: `"5 seconds"`, `a list of 3`, `nothing`. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  if (typeof value === 'object') {
    const keys = Object.keys(value)
    return keys.length === 0
      ? 'an empty map'
      : `a map with ${keys.slice(0, 4).join(', ')}${keys.length > 4 ? ', …' : ''}`
  }
  const text = JSON.stringify(value) ?? String(value)
  return text.length > LONGEST_FOUND ? `${text.slice(0, LONGEST_FOUND)}…` : text
}
