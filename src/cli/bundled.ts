/** The scenarios that come along, read. */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { assert } from '../kernel/assert.ts'
import type { ToldIncident } from '../report/explain/issue-pages.ts'
import { parseScenario } from '../scenario/scenario.ts'
import type { ScenarioDocument } from '../scenario/schema.ts'
import { SCENARIOS } from './package-root.ts'
import { bundledNames } from './scenario-files.ts'

interface BundledScenario {
  /** Its path without the ending. */
  readonly name: string
  readonly document: ScenarioDocument
}

/** All, or those whose text looks so: to read one takes its time. */
export const bundledScenarios = (looks = /^/): BundledScenario[] =>
  bundledNames().flatMap((name) => {
    const file = join(SCENARIOS, `${name}.yaml`)
    const text = readFileSync(file, 'utf8')
    if (!looks.test(text)) return []
    const parsed = parseScenario(text, file)
    assert(parsed.ok, `the bundled scenario ${name} is one`)
    return [{ name, document: parsed.scenario.document }]
  })

/** The museum: incidents of Kafka's history. */
export const toldIncidents = (): ToldIncident[] =>
  bundledScenarios(/^museum:/m).flatMap(({ name, document: { title, museum } }): ToldIncident[] => {
    if (museum === undefined) return []
    const { jira = [], kip, affected, fixed = null } = museum
    const keys = [...(kip === undefined ? [] : [kip]), ...[jira].flat()]
    return [{ scenario: basename(name), title, keys, affected, fixed }]
  })
