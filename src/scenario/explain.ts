/** What the schema found wrong, in words: the form that was meant, what was expected there, the nearest valid name. */
import { EXPECTED } from './expected.ts'
import { FACT_KINDS } from './fact-words.ts'
import { HEADS } from './forms.ts'
import { MESSAGE_NAMES } from './message-words.ts'
import { nearestName } from './nearest.ts'
import type { Finding, Path } from './problem.ts'
import { describe } from './problem.ts'
import type { Issue } from './schema.ts'
import { TARGETS } from './vocabulary/targets.ts'

type Plain = Readonly<Record<string, unknown>>

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)

function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string | number, unknown>)[part]
  }
  return value
}

/** What the forms of a map are called. */
const FORM_WORDS: Readonly<Record<string, string>> = {
  action: 'an action',
  condition: 'a condition',
  client: 'a client (`produces: TOPIC` or `consumes: TOPIC`)',
  latency: 'a latency',
  keys: 'keys',
  link: 'a link',
}

const formWord = (tag: string): string => FORM_WORDS[tag] ?? 'links (`between` and `and`, or `from` and `to`)'

/** Values of an enumeration that reads better by a tag, and where a near name is worth more than the list. */
const NAMES_OF: Readonly<Record<string, readonly string[]>> = {
  fact: FACT_KINDS,
  message: MESSAGE_NAMES,
}

const TARGET_TAGS = [
  'target',
  'targets',
  'target-or-none',
  'target-or-topic',
  'targets-or-topic',
  'controller',
  'end',
  'ends',
  'broker-or-none',
]

/** Targets with what was written after the space or between the parentheses: `brokr 2` is near `broker 2`. */
function targetsLike(text: string): string[] {
  const argument = /^\S+?[ (]([^()]*)\)?$/.exec(text)?.[1] ?? /\d+$/.exec(text)?.[0] ?? ''
  return TARGETS.map(({ name }) => name.replace(/ [NC]$/, ` ${argument}`).replace(/\([PR]\)$/, `(${argument})`)).concat(
    'none',
  )
}

export function explain(issues: readonly Issue[], root: unknown): Finding[] {
  return issues.flatMap((issue) => explainIssue(issue, [], root))
}

function explainIssue(issue: Issue, above: Path, root: unknown): Finding[] {
  const path: Path = [...above, ...(issue.path as (string | number)[])]
  const value = valueAt(root, path)
  switch (issue.code) {
    case 'invalid_union':
      return explainUnion(issue, path, value, root)
    case 'unrecognized_keys':
      return (issue.keys ?? []).map((key) => unknownKey(issue, key, path, value))
    case 'invalid_key':
      return [badKey(issue, path)]
    default:
      return [wrongValue(issue, path, value, root)]
  }
}

/** Whether the branch of a union is out of the question because the value is of another type altogether. */
function isOtherType(issues: readonly Issue[], value: unknown): boolean {
  return issues.some((issue) => {
    if (issue.path.length > 0) return false
    if (issue.code === 'invalid_type') return true
    if (issue.code === 'invalid_value') return typeof value !== 'string'
    return issue.code === 'invalid_union' && (issue.errors ?? []).every((branch) => isOtherType(branch, value))
  })
}

function explainUnion(issue: Issue, path: Path, value: unknown, root: unknown): Finding[] {
  const branches = issue.errors ?? []
  const [kind, tag = ''] = issue.message.split(':')
  const into = (branch: readonly Issue[]): Finding[] => branch.flatMap((inner) => explainIssue(inner, path, root))
  if (kind === 'by-value') return into(branchByValue(branches, tag))
  if (kind === 'one-of') {
    const heads = HEADS[tag] ?? []
    if (!isPlain(value))
      return [finding(path, 'value', `this is no ${formWord(tag).replace(/^an? /, '')}`, headsText(tag, heads), value)]
    const present = Object.keys(value).filter((key) => heads.includes(key))
    if (present.length === 0) return [unknownForm(tag, heads, path, value)]
    return into(fewest(present.map((head) => branches[heads.indexOf(head)] ?? [])))
  }
  const possible = branches.filter((branch) => !isOtherType(branch, value))
  if (possible.length === 0 || value === undefined)
    return [wrongValue({ ...issue, code: 'invalid_type' }, path, value, root)]
  const best = fewest(possible)
  // A text that fits none of several text forms is told all of them, not the one that came first.
  if (
    typeof value === 'string' &&
    best.every((inner) => inner.path.length === 0) &&
    best[0]?.code !== 'invalid_union'
  ) {
    return [wrongValue(possible.length === 1 ? best[0]! : { ...issue, code: 'invalid_format' }, path, value, root)]
  }
  return into(best)
}

const weight = (issues: readonly Issue[]): number => issues.reduce((sum, issue) => sum + (issue.keys?.length ?? 1), 0)

const fewest = (branches: readonly (readonly Issue[])[]): readonly Issue[] =>
  branches.reduce((best, branch) => (weight(branch) < weight(best) ? branch : best))

/** The branch whose own discriminating key is not among its complaints; the complaint itself when there is none. */
function branchByValue(branches: readonly (readonly Issue[])[], key: string): readonly Issue[] {
  const complains = (branch: readonly Issue[]): Issue | undefined =>
    branch.find((issue) => issue.path.length === 1 && issue.path[0] === key)
  const right = branches.filter((branch) => complains(branch) === undefined)
  if (right.length > 0) return fewest(right)
  const values = branches.flatMap((branch) => complains(branch)?.values ?? [])
  const first = complains(branches[0] ?? [])
  return first === undefined ? (branches[0] ?? []) : [{ ...first, values }]
}

const finding = (
  path: Path,
  at: 'key' | 'value',
  message: string,
  expected: string | null,
  found: unknown,
): Finding => ({
  path,
  at,
  message,
  expected,
  found: found === undefined ? null : describe(found),
  nearest: null,
})

const headsText = (tag: string, heads: readonly string[]): string =>
  heads.length > 8
    ? `a map that starts with ${formWord(tag).replace(/^an? /, 'the name of an ')}`
    : `a map with one of: ${heads.join(', ')}`

function unknownForm(tag: string, heads: readonly string[], path: Path, value: Plain): Finding {
  const keys = Object.keys(value)
  const nearest = keys.map((key) => nearestName(key, heads)).find((name) => name !== null) ?? null
  const misspelt = keys.find((key) => nearestName(key, heads) !== null) ?? keys[0]
  const message =
    misspelt === undefined ? `an empty map is not ${formWord(tag)}` : `${misspelt} is not the name of ${formWord(tag)}`
  return {
    path: misspelt === undefined ? path : [...path, misspelt],
    at: 'key',
    message,
    expected: `one of ${heads.join(', ')}`,
    found: null,
    nearest,
  }
}

function unknownKey(issue: Issue, key: string, path: Path, value: unknown): Finding {
  const allowed = issue.message.slice('map:'.length).split(',')
  for (const [tag, several] of [
    ['action', 'one action in a map; several stand in a list'],
    ['condition', 'one condition in a map; several stand in a list under `all` or `any`'],
  ] as const) {
    const heads = HEADS[tag] ?? []
    if (heads.includes(key) && heads.includes(allowed[0]!)) {
      return {
        path: [...path, key],
        at: 'key',
        message: `${key} is ${formWord(tag)} of its own`,
        expected: several,
        found: null,
        nearest: null,
      }
    }
  }
  const free = allowed.filter((name) => !isPlain(value) || !Object.hasOwn(value, name))
  return {
    path: [...path, key],
    at: 'key',
    message: `there is no key ${key} here`,
    expected: `one of ${allowed.join(', ')}`,
    found: null,
    nearest: nearestName(key, free) ?? nearestName(key, allowed),
  }
}

const expectedOf = (tag: string): string => EXPECTED[tag.startsWith('map:') ? 'map' : tag] ?? tag

function badKey(issue: Issue, path: Path): Finding {
  const key = String(path[path.length - 1] ?? '')
  const tag = issue.issues?.[0]?.message ?? ''
  return {
    path,
    at: 'key',
    message: `${JSON.stringify(key)} cannot be a key here`,
    expected: expectedOf(tag),
    found: null,
    nearest: null,
  }
}

const listName = (path: Path): string => String(path.findLast((part) => typeof part === 'string') ?? 'the list')

function wrongValue(issue: Issue, path: Path, value: unknown, root: unknown): Finding {
  const choices = (issue.values ?? []).map(String)
  const names = NAMES_OF[issue.message]
  const expected =
    choices.length > 0 && EXPECTED[issue.message] === undefined ? choices.join(' or ') : expectedOf(issue.message)
  const key = path[path.length - 1]
  if (value === undefined && path.length > 0) {
    const parent = valueAt(root, path.slice(0, -1))
    if (isPlain(parent))
      return {
        path: path.slice(0, -1),
        at: 'key',
        message: `${String(key)} is missing`,
        expected: `${String(key)}: ${expected}`,
        found: null,
        nearest: null,
      }
  }
  const candidates = TARGET_TAGS.includes(issue.message) ? targetsLike(String(value)) : (names ?? choices)
  const nearest = typeof value === 'string' ? nearestName(value, candidates) : null
  return {
    path,
    at: 'value',
    message:
      path.length === 0
        ? 'this is no scenario'
        : `wrong value for ${typeof key === 'number' ? `entry ${key + 1} of ${listName(path)}` : key}`,
    expected,
    found: describe(value),
    nearest,
  }
}
