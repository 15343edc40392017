import type { Scenario } from './compile.ts'
import type { Path } from './problem.ts'
import { printYaml } from './yaml.ts'

/** Sections as a reader wants them: who is there, what happens, what must come out. */
const ORDER = [
  'version',
  'title',
  'story',
  'museum',
  'kafka',
  'seed',
  'cluster',
  'topics',
  'network',
  'clients',
  'mechanisms',
  'run',
  'settle',
  'heal-at-end',
  'steps',
  'expect',
  'chapters',
  'pins',
  'limits',
]

/** A comment that tells editors where the schema is. */
export const modeline = (schema: string): string => ` yaml-language-server: $schema=${schema}`

/** Sections stand open; what is in them may stand on one line each, but a step never does. */
function inline(path: Path): boolean {
  return path.length > (typeof path[1] === 'number' ? 2 : 1)
}

/** The scenario as YAML: read again it is the same scenario. `schema` is the path that editors find the schema under. */
export function printScenario(scenario: Scenario, schema = '../schema/scenario.schema.json'): string {
  const document = JSON.parse(JSON.stringify(scenario.document)) as Record<string, unknown>
  const ordered = Object.fromEntries(ORDER.filter((key) => key in document).map((key) => [key, document[key]]))
  return printYaml(ordered, modeline(schema), inline)
}
