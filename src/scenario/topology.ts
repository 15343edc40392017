/** Brokers, topics and links of a plan. */
import { resolveSettings, type Settings, type SettingValue } from '../kafka/config.ts'
import { logDirsIn } from '../kafka/log-dirs.ts'
import type { Plan, PlanBroker, PlanTopic } from '../world/plan.ts'
import type { Checks } from './checks.ts'
import type { Path } from './problem.ts'
import type { BrokerForm, ClusterForm, LatencyForm, NetworkForm, TopicForm } from './schema.ts'
import { brokerIdOf } from './target.ts'
import { bandwidthBytesPerSecond, durationUs, signedDurationUs } from './units.ts'

type Latency = Plan['network']['latency']
type LinkRule = Plan['network']['links'][number]

const STARTUP_US = 100_000
/** The broker that shall become controller starts this much before the others. */
const HEAD_START_US = 60_000
const REGISTRY_TICK_MS = 500

/** What every broker, and every controller of KRaft, is set to where nothing else is said. */
export const clusterSettings = (checks: Checks, cluster: ClusterForm): Settings =>
  checks.settings(cluster.settings, 'broker', ['cluster', 'settings'])

export function compileBrokers(checks: Checks, cluster: ClusterForm, shared: Settings): PlanBroker[] {
  const path: Path = ['cluster']
  if (cluster.controller !== undefined) checks.broker(cluster.controller, [...path, 'controller'])
  const listed = typeof cluster.brokers !== 'number'
  const forms: BrokerForm[] =
    typeof cluster.brokers === 'number'
      ? Array.from({ length: cluster.brokers }, (_, i) => ({ id: i + 1 }))
      : cluster.brokers
  return forms
    .map((form, index): PlanBroker => {
      const here: Path = listed ? [...path, 'brokers', index] : [...path, 'brokers']
      if (forms.findIndex((other) => other.id === form.id) !== index) {
        checks.add([...here, 'id'], `there are two brokers ${form.id}`, { expected: 'a different id for each broker' })
      }
      const own = checks.settings(form.settings, 'broker', [...here, 'settings'])
      checkLogDirs(checks, own['log.dirs'] ?? shared['log.dirs'], [...here, 'settings', 'log.dirs'])
      const late = cluster.controller !== undefined && cluster.controller !== form.id ? HEAD_START_US : 0
      const startAt = form['start-at']
      return {
        id: form.id,
        rack: form.rack ?? null,
        settings: resolveSettings('broker', checks.generation.name, { ...shared, ...own }),
        startupUs: durationUs(form.startup ?? cluster.startup ?? `${STARTUP_US}us`),
        startAtUs: startAt === 'never' ? null : startAt === undefined ? late : durationUs(startAt),
        clockSkewUs: signedDurationUs(form['clock-skew'] ?? '0s'),
      }
    })
    .sort((a, b) => a.id - b.id)
}

/** Each directory once, and each with a name. */
function checkLogDirs(checks: Checks, value: SettingValue | undefined, path: Path): void {
  const dirs = logDirsIn(value)
  if (!dirs.includes('') && new Set(dirs).size === dirs.length) return
  checks.add(path, 'log.dirs names every directory of a broker once', {
    expected: 'names separated by commas, such as a,b',
    found: String(value),
  })
}

const FIRST_CONTROLLER = 3001
/** As many as a cluster needs to go on without one of them, as it does with a registry when the controller crashes. */
const USUAL_CONTROLLERS = 3

/** Whether a broker has settings of its own, which controllers do not share. */
const brokersDiffer = ({ brokers }: ClusterForm): boolean =>
  typeof brokers !== 'number' && brokers.some(({ settings }) => settings !== undefined)

/** KRaft: controllers are processes of their own, up from the start, with the settings of the cluster. */
export function compileControllers(
  checks: Checks,
  cluster: ClusterForm,
  shared: Settings,
): Pick<Plan, 'controllers' | 'controllerSettings'> {
  if (checks.generation.mechanisms.metadata !== 'kraft') {
    if (cluster.controllers !== undefined) {
      checks.leftOut(['cluster', 'controllers'], 'brokers are the controllers where there is a registry')
    }
    return {}
  }
  if (cluster.controller !== undefined) {
    checks.leftOut(
      ['cluster', 'controller'],
      'no broker is controller in KRaft: controllers are processes of their own',
    )
  }
  if (cluster.registry !== undefined) {
    checks.leftOut(['cluster', 'registry'], 'KRaft has no registry: the controllers keep the metadata log')
  }
  const count = cluster.controllers ?? USUAL_CONTROLLERS
  checks.controllerCount = count
  const controllers = Array.from({ length: count }, (_, i) => ({ id: FIRST_CONTROLLER + i, startAtUs: 0 }))
  if (!brokersDiffer(cluster)) return { controllers }
  return { controllers, controllerSettings: resolveSettings('broker', checks.generation.name, shared) }
}

/** Ticks are whole milliseconds, as Kafka's and the registry's own settings are. */
export function compileRegistry(checks: Checks, cluster: ClusterForm): { tickMs: number } {
  const tick = cluster.registry?.tick
  if (tick === undefined) return { tickMs: REGISTRY_TICK_MS }
  const tickMs = durationUs(tick) / 1000
  if (!Number.isInteger(tickMs) || tickMs < 1) {
    checks.add(['cluster', 'registry', 'tick'], 'a tick is a whole number of milliseconds', {
      expected: '1ms or more',
      found: tick,
    })
  }
  return { tickMs: Math.max(1, Math.round(tickMs)) }
}

/** Partitions and replicas of a topic, given at the start or by a step. */
export function compileTopic(checks: Checks, name: string, form: Omit<TopicForm, never>, path: Path): PlanTopic {
  const { replicas } = form
  const explicit = form['replication-factor']
  if (replicas !== undefined) {
    replicas.forEach((each, partition) => {
      checks.brokers(each, [...path, 'replicas', partition])
      if (each.length !== replicas[0]!.length) {
        checks.add(
          [...path, 'replicas', partition],
          `partition ${partition} of ${name} has another number of replicas than partition 0`,
          { expected: `${replicas[0]!.length} broker ids`, found: each },
        )
      }
    })
    if (form.partitions !== undefined && form.partitions !== replicas.length) {
      checks.add([...path, 'partitions'], `the replicas of ${replicas.length} partitions are given`, {
        expected: `${replicas.length}, or no \`partitions\` next to \`replicas\``,
        found: form.partitions,
      })
    }
    if (explicit !== undefined && explicit !== replicas[0]!.length) {
      checks.add([...path, 'replication-factor'], `each partition is given ${replicas[0]!.length} replicas`, {
        expected: `${replicas[0]!.length}, or no \`replication-factor\` next to \`replicas\``,
        found: explicit,
      })
    }
  }
  const brokers = checks.names.brokers?.length ?? explicit ?? 3
  if (explicit !== undefined && explicit > brokers) {
    checks.add([...path, 'replication-factor'], `there are only ${brokers} brokers`, {
      expected: `at most ${brokers}`,
      found: explicit,
    })
  }
  const settings = checks.settings(form.settings, 'topic', [...path, 'settings'])
  return {
    name,
    partitions: replicas?.length ?? form.partitions ?? 1,
    replicationFactor: replicas?.[0]?.length ?? explicit ?? Math.min(3, brokers),
    assignment: replicas === undefined ? null : byPartition(replicas, 0),
    settings: textSettings(settings),
  }
}

export const byPartition = (
  replicas: readonly (readonly number[])[],
  first: number,
): Record<string, readonly number[]> => Object.fromEntries(replicas.map((each, index) => [String(first + index), each]))

export const textSettings = (settings: Readonly<Record<string, string | number | boolean>>): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)]))

export function compileTopics(checks: Checks, topics: Readonly<Record<string, TopicForm>> | undefined): PlanTopic[] {
  const names = Object.keys(topics ?? {})
  return names.map((name) => {
    // Kafka refuses two names of which one has a dot where the other has an underscore: their metrics would collide.
    const twin = names.find((other) => other !== name && other.replaceAll('.', '_') === name.replaceAll('.', '_'))
    if (twin !== undefined && names.indexOf(twin) < names.indexOf(name)) {
      checks.add(['topics', name], `the names ${twin} and ${name} collide`, {
        at: 'key',
        expected: 'names that differ by more than dots and underscores',
      })
    }
    return compileTopic(checks, name, topics![name]!, ['topics', name])
  })
}

function compileLatency(checks: Checks, form: LatencyForm, path: Path): Latency {
  if (typeof form === 'string') return { kind: 'constant', us: durationUs(form) }
  if ('uniform' in form) {
    const [minUs, maxUs] = form.uniform.map(durationUs) as [number, number]
    if (minUs > maxUs)
      checks.add([...path, 'uniform'], 'the least time is above the most', {
        expected: 'the least first',
        found: form.uniform.join(', '),
      })
    return { kind: 'uniform', minUs, maxUs }
  }
  if ('exponential' in form) {
    return {
      kind: 'exponential',
      floorUs: durationUs(form.exponential.floor),
      meanUs: durationUs(form.exponential.mean),
    }
  }
  const { fast, slow } = form.bimodal
  return { kind: 'bimodal', fastUs: durationUs(fast), slowUs: durationUs(slow), slowShare: form.bimodal['slow-share'] }
}

/** Processes that the end of a link means, by their ids in a world. */
function processesAt(
  checks: Checks,
  ends: string | readonly string[],
  path: Path,
  brokers: readonly PlanBroker[],
): string[] {
  const texts = typeof ends === 'string' ? [ends] : ends
  return texts.flatMap((text, index) => {
    const here = typeof ends === 'string' ? path : [...path, index]
    if (text === 'any') return ['*']
    if (text === 'registry') return checks.metadataProcesses()
    if (text === 'brokers') return brokers.map(({ id }) => `broker-${id}`)
    if (text.startsWith('broker ')) {
      checks.broker(brokerIdOf(text), here)
      return [`broker-${brokerIdOf(text)}`]
    }
    if (text.startsWith('client ')) {
      const name = text.slice('client '.length)
      checks.client(name, here, null)
      return [`${checks.names.clients[name] ?? 'producer'}-${name}`]
    }
    const rack = text.slice('rack('.length, -1)
    checks.rack(rack, here)
    return brokers.filter((each) => each.rack === rack).map(({ id }) => `broker-${id}`)
  })
}

/** One millisecond, unless the scenario says otherwise. */
const LATENCY: Latency = { kind: 'constant', us: 1_000 }

export function compileNetwork(
  checks: Checks,
  form: NetworkForm | undefined,
  brokers: readonly PlanBroker[],
): { latency: Latency; links: LinkRule[] } {
  const latency = form?.latency === undefined ? LATENCY : compileLatency(checks, form.latency, ['network', 'latency'])
  const links = (form?.links ?? []).flatMap((link, index): LinkRule[] => {
    const path: Path = ['network', 'links', index]
    if (link.latency === undefined && link.bandwidth === undefined) {
      checks.add(path, 'this link differs in nothing', { expected: 'latency or bandwidth', parts: path })
    }
    const rule = {
      latency: link.latency === undefined ? null : compileLatency(checks, link.latency, [...path, 'latency']),
      bandwidthBytesPerSecond: link.bandwidth === undefined ? null : bandwidthBytesPerSecond(link.bandwidth),
    }
    if (rule.bandwidthBytesPerSecond === 0)
      checks.add([...path, 'bandwidth'], 'nothing passes a link without bandwidth', {
        expected: 'more than 0, or a `cut` by a step',
      })
    const [from, to] =
      'between' in link
        ? [
            processesAt(checks, link.between, [...path, 'between'], brokers),
            processesAt(checks, link.and, [...path, 'and'], brokers),
          ]
        : [
            processesAt(checks, link.from, [...path, 'from'], brokers),
            processesAt(checks, link.to, [...path, 'to'], brokers),
          ]
    const oneWay = from.flatMap((a) => to.filter((b) => a !== b || a === '*').map((b) => ({ from: a, to: b, ...rule })))
    return 'between' in link
      ? [...oneWay, ...oneWay.map((each) => ({ ...each, from: each.to, to: each.from }))]
      : oneWay
  })
  return { latency, links }
}
