/** What a command line changes in a scenario: `--set min.insync.replicas=2`, `--set network.latency=5ms`. */
import { SETTINGS, type SettingScope } from '../kafka/config.ts'
import { nearestName } from './nearest.ts'
import type { Path, Problem } from './problem.ts'
import type { ScenarioDocument } from './schema.ts'
import { readScalar } from './yaml.ts'

type Plain = Record<string, unknown>

const SECTIONS = [
  'seed',
  'kafka',
  'cluster',
  'topics',
  'network',
  'clients',
  'mechanisms',
  'run',
  'settle',
  'heal-at-end',
  'pins',
  'limits',
]

const SCOPED = /^(broker|topic|producer|consumer):(.+)$/

const problem = (key: string, message: string, expected: string, nearest: string | null): Problem => ({
  file: `--set ${key}`,
  line: 0,
  column: 0,
  length: 0,
  path: '',
  message,
  expected,
  found: null,
  nearest,
})

const scopesOf = (key: string): SettingScope[] => SETTINGS.filter((it) => it.key === key).map((it) => it.scope)

function put(into: Plain, path: Path, value: unknown): void {
  let map = into
  for (const part of path.slice(0, -1)) {
    const below = Array.isArray(map) && typeof part === 'string' && /^\d+$/.test(part) ? Number(part) : part
    const next = (map as Record<string | number, unknown>)[below]
    if (typeof next !== 'object' || next === null) (map as Record<string | number, unknown>)[below] = {}
    map = (map as Record<string | number, unknown>)[below] as Plain
  }
  map[path[path.length - 1]!] = value
}

/** A broker's own value is taken away, so that what is set holds for every broker. */
function setBrokers(document: Plain, key: string, value: unknown): void {
  put(document, ['cluster', 'settings', key], value)
  const brokers = (document.cluster as Plain).brokers
  if (!Array.isArray(brokers)) return
  for (const broker of brokers as { settings?: Plain }[]) if (broker.settings !== undefined) delete broker.settings[key]
}

/** A topic takes a setting that brokers have too only where it states its own: the broker's counts everywhere else. */
function setTopics(document: Plain, key: string, value: unknown, everywhere: boolean): void {
  for (const [name, topic] of Object.entries((document.topics ?? {}) as Record<string, { settings?: Plain }>)) {
    if (everywhere || (topic.settings !== undefined && Object.hasOwn(topic.settings, key)))
      put(document, ['topics', name, 'settings', key], value)
  }
}

function setClients(document: Plain, head: 'produces' | 'consumes', key: string, value: unknown): void {
  for (const [name, client] of Object.entries((document.clients ?? {}) as Record<string, Plain>)) {
    if (head in client) put(document, ['clients', name, 'settings', key], value)
  }
}

function setSetting(document: Plain, scopes: readonly SettingScope[], key: string, value: unknown): void {
  if (scopes.includes('broker')) setBrokers(document, key, value)
  if (scopes.includes('topic')) setTopics(document, key, value, !scopes.includes('broker'))
  if (scopes.includes('producer')) setClients(document, 'produces', key, value)
  if (scopes.includes('consumer')) setClients(document, 'consumes', key, value)
}

/** The path of a key such as `topics.orders.partitions`; after `settings` the rest is one dotted key. */
function pathOf(key: string): Path {
  const parts = key.split('.')
  const settings = parts.indexOf('settings')
  return settings === -1 || settings === parts.length - 1
    ? parts
    : [...parts.slice(0, settings + 1), parts.slice(settings + 1).join('.')]
}

/** The data of a scenario with some of it set: a setting by its dotted key, everywhere it applies, or a path of the file. */
export function withOverrides(
  document: ScenarioDocument,
  set: Readonly<Record<string, string>>,
): { value: unknown; problems: Problem[] } {
  const value = JSON.parse(JSON.stringify(document)) as Plain
  const problems: Problem[] = []
  for (const [key, text] of Object.entries(set)) {
    const scoped = SCOPED.exec(key)
    const setting = scoped?.[2] ?? key
    const scopes = scopesOf(setting).filter((scope) => scoped === null || scope === scoped[1])
    const path = pathOf(key)
    const section = String(path[0])
    if (path.includes('__proto__')) problems.push(problem(key, 'no key may be called __proto__', 'another name', null))
    else if (scopes.length > 0) setSetting(value, scopes, setting, readScalar(text))
    else if (scoped === null && SECTIONS.includes(section))
      put(value, path, section === 'seed' || section === 'kafka' ? text : readScalar(text))
    else {
      const names = [...new Set(SETTINGS.map((it) => it.key)), ...SECTIONS]
      problems.push(
        problem(
          key,
          `there is nothing called ${setting} to set`,
          "a setting under Kafka's dotted key, or a path of the scenario such as network.latency",
          nearestName(setting, names),
        ),
      )
    }
  }
  return { value, problems }
}
