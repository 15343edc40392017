/** Scenarios from text or from a program's own data, judged by the same rules. */
import { judge, type Scenario } from './compile.ts'
import type { Path, Problem } from './problem.ts'
import { inOrder, placed } from './problem.ts'
import type { ScenarioForm } from './schema.ts'
import { readYaml } from './yaml.ts'

export type Parsed =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export interface ParseOptions {
  /** Names of the properties that can be expected; those of the project by default. */
  readonly properties?: readonly string[]
}

/** Keys whose values are text, however much they look like numbers: the version 0.10, the value 007. */
const TEXT_KEYS = [
  'title',
  'story',
  'seed',
  'text',
  'name',
  'step',
  'value',
  'key',
  'as',
  'answered',
  'transaction',
  'observe',
  'note',
  'rack',
  'acks',
]

function asText(path: Path): boolean {
  const last = path[path.length - 1]
  const above = path[path.length - 2]
  if (last === 'kafka') return path.length === 1 || path[0] === 'expect'
  if (path[0] === 'museum') return true
  if (above === 'settings' || above === 'set') return false
  return TEXT_KEYS.includes(String(last)) || (typeof last === 'number' && above === 'values')
}

const nothing = (file: string): Problem => ({
  file,
  line: 0,
  column: 0,
  length: 0,
  path: '',
  message: 'the file is empty',
  expected: 'a scenario: version, title, kafka, cluster, run and more',
  found: null,
  nearest: null,
})

/** Reads a scenario. Every problem is told at once, in the order of the file. */
export function parseScenario(text: string, fileName: string, options: ParseOptions = {}): Parsed {
  const read = readYaml(text, fileName, asText)
  if (read.value === undefined) return { ok: false, problems: inOrder(read.problems) }
  if (read.value === null && read.problems.length === 0) return { ok: false, problems: [nothing(fileName)] }
  const judged = judge(read.value, options.properties)
  const found = 'findings' in judged ? judged.findings : []
  // What could not be read is not told again as a value that is wrong.
  const unread = (path: string): boolean => read.problems.some((it) => it.path !== '' && it.path.startsWith(path))
  const judgedProblems = found
    .map((it) => placed(it, fileName, read.places))
    .filter((it) => it.path === '' || !unread(it.path))
  const problems = [...read.problems, ...judgedProblems]
  if (problems.length > 0 || !('document' in judged)) return { ok: false, problems: inOrder(problems) }
  return { ok: true, scenario: { fileName, document: judged.document, places: read.places } }
}

/** A scenario from a program's own data, under the same rules as a file. */
export function scenario(form: ScenarioForm, options: ParseOptions = {}): Parsed {
  const judged = judge(JSON.parse(JSON.stringify(form)), options.properties)
  if ('document' in judged) return { ok: true, scenario: { fileName: null, document: judged.document, places: null } }
  return { ok: false, problems: judged.findings.map((it) => placed(it, 'scenario', null)) }
}
