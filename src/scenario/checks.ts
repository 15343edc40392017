/** Collects what is wrong while a scenario is compiled, and judges the names in it. */
import {
  defaultIn,
  SETTINGS,
  type Setting,
  type SettingScope,
  settingNamed,
  settingsIn,
  validateSetting,
  valuesIn,
} from '../kafka/config.ts'
import type { Generation } from '../kafka/generation/generation.ts'
import { splitTopicPartition } from '../kafka/ids.ts'
import { isInternalTopic } from '../kafka/internal-topics.ts'
import { own } from '../kernel/own.ts'
import type { Comparison, Target } from '../world/plan.ts'
import type { Names } from './names.ts'
import { partitionsIn } from './names.ts'
import { nearestName } from './nearest.ts'
import type { Finding, Path } from './problem.ts'
import { describe } from './problem.ts'
import { parseTarget } from './target.ts'

type Value = string | number | boolean

/** What was probably meant by the first value that a setting cannot have. */
function nearestValue(setting: Setting, written: string, generationName: string): string | null {
  const names = [...(valuesIn(setting, generationName) ?? []), ...Object.keys(setting.classes ?? {})]
  const strange = written.split(',').find((each) => !names.includes(each.trim()))
  return strange === undefined ? null : nearestName(strange.trim(), names)
}

export class Checks {
  readonly findings: Finding[] = []
  /** What was left out because another version than the scenario's own was asked for. */
  readonly notes: string[] = []
  readonly names: Names
  readonly generation: Generation
  /** The version is the scenario's own; with another one, settings it lacks are left out and noted. */
  private readonly ownVersion: boolean

  constructor(names: Names, generation: Generation, ownVersion: boolean) {
    this.names = names
    this.generation = generation
    this.ownVersion = ownVersion
  }

  add(
    path: Path,
    message: string,
    more: {
      at?: 'key' | 'value'
      expected?: string | null
      found?: unknown
      nearest?: string | null
      parts?: Path
    } = {},
  ): void {
    this.findings.push({
      path,
      at: more.at ?? 'value',
      message,
      expected: more.expected ?? null,
      found: more.found === undefined ? null : typeof more.found === 'string' ? more.found : describe(more.found),
      nearest: more.nearest ?? null,
      ...(more.parts === undefined ? {} : { parts: more.parts }),
    })
  }

  get isKraft(): boolean {
    return this.generation.mechanisms.metadata === 'kraft'
  }

  /** How many controllers a scenario of KRaft has; set once the cluster is known. */
  controllerCount = 1

  /** The processes that keep the cluster's state: the registry, or every controller of KRaft. */
  metadataProcesses(): string[] {
    if (!this.isKraft) return ['registry']
    return Array.from({ length: this.controllerCount }, (_, i) => `quorum-${3001 + i}`)
  }

  /** What the version does not have: a mistake in the scenario's own version, else left out and noted. */
  leftOut(path: Path, why: string): void {
    const message = `Kafka ${this.generation.name} does not have this: ${why}`
    if (this.ownVersion) this.add(path, message, { at: 'key', expected: 'a scenario without it, or another version' })
    else this.notes.push(`${path.join('.')} is left out: ${why}`)
  }

  /** What cannot be left out without telling another story. */
  impossible(path: Path, why: string): void {
    const expected = this.isKraft ? 'a version with a registry (ZooKeeper), to 3.9' : 'another version'
    this.add(path, `Kafka ${this.generation.name} cannot do this: ${why}`, { at: 'key', expected })
  }

  broker(id: number, path: Path): void {
    const { brokers } = this.names
    if (brokers === null || brokers.includes(id)) return
    const nearest = brokers.reduce(
      (best, each) => (Math.abs(each - id) < Math.abs(best - id) ? each : best),
      brokers[0]!,
    )
    this.add(path, `there is no broker ${id}`, {
      expected: `one of ${brokers.map((each) => `broker ${each}`).join(', ')}`,
      found: `broker ${id}`,
      nearest: `broker ${nearest}`,
    })
  }

  brokers(ids: readonly number[], path: Path): void {
    ids.forEach((id, index) => {
      if (ids.indexOf(id) !== index)
        this.add([...path, index], `broker ${id} is named twice`, { expected: 'each broker once' })
      else this.broker(id, [...path, index])
    })
  }

  logDirectory(name: string, path: Path): void {
    const { logDirs } = this.names
    if (logDirs.includes(name)) return
    this.add(path, `no broker has a log directory ${name}`, {
      expected: `one of ${logDirs.join(', ')}, as log.dirs names them`,
      found: name,
      nearest: nearestName(name, logDirs),
    })
  }

  topic(name: string, path: Path, at: 'key' | 'value' = 'value'): void {
    const topics = Object.keys(this.names.topics)
    if (topics.includes(name)) return
    this.add(path, `there is no topic ${name}`, {
      at,
      expected: topics.length === 0 ? 'a topic of the scenario; it has none' : `one of ${topics.join(', ')}`,
      found: name,
      nearest: nearestName(name, topics),
    })
  }

  partition(name: string, path: Path, at: 'key' | 'value' = 'value'): void {
    const { topic, partition } = splitTopicPartition(name)
    const known = own(this.names.topics, topic)
    // Brokers make these when they are first needed.
    if (known === undefined && isInternalTopic(topic)) return
    if (known === undefined) {
      const topics = Object.keys(this.names.topics)
      const nearest = nearestName(topic, topics)
      this.add(path, `there is no topic ${topic}`, {
        at,
        expected:
          topics.length === 0 ? 'a topic of the scenario; it has none' : `a partition of one of ${topics.join(', ')}`,
        found: name,
        nearest: nearest === null ? null : `${nearest}-${partition}`,
      })
      return
    }
    if (known.partitions === null || partition < known.partitions) return
    this.add(path, `topic ${topic} has no partition ${partition}`, {
      at,
      expected: `${topic}-0${known.partitions > 1 ? ` to ${topic}-${known.partitions - 1}` : ''}`,
      found: name,
      nearest: nearestName(name, partitionsIn(this.names)),
    })
  }

  client(name: string, path: Path, kind: 'producer' | 'consumer' | null): void {
    const { clients } = this.names
    const known = Object.keys(clients)
    const found = own(clients, name)
    const fitting = known.filter((each) => kind === null || clients[each] === kind || clients[each] === null)
    if (found === undefined) {
      this.add(path, `there is no client ${name}`, {
        expected:
          fitting.length === 0 ? `a ${kind ?? 'client'} of the scenario; it has none` : `one of ${fitting.join(', ')}`,
        found: name,
        nearest: nearestName(name, fitting),
      })
    } else if (kind !== null && found !== null && found !== kind) {
      this.add(path, `client ${name} is a ${found}`, {
        expected: fitting.length === 0 ? `a ${kind}; the scenario has none` : `a ${kind}: ${fitting.join(', ')}`,
        found: name,
      })
    }
  }

  rack(name: string, path: Path): void {
    const { racks } = this.names
    if (racks === null || racks.includes(name)) return
    this.add(path, `there is no rack ${name}`, {
      expected: racks.length === 0 ? 'a rack of the cluster; its brokers have none' : `one of ${racks.join(', ')}`,
      found: name,
      nearest: nearestName(name, racks),
    })
  }

  /** Reads a target and judges what it names. The schema let only targets pass. */
  target(text: string, path: Path): Target {
    const target = parseTarget(text) ?? { role: 'all-brokers' }
    switch (target.role) {
      case 'broker':
        this.broker(target.id, path)
        break
      case 'leader':
      case 'followers':
      case 'isr':
      case 'preferred':
        this.partition(target.partition, path)
        break
      case 'rack':
        this.rack(target.rack, path)
        break
      case 'client':
        this.client(target.name, path, null)
        break
      default:
    }
    return target
  }

  targets(texts: string | readonly string[], path: Path): Target[] {
    if (typeof texts === 'string') return [this.target(texts, path)]
    return texts.map((text, index) => this.target(text, [...path, index]))
  }

  /** Targets that must be brokers, as the registry and clients cannot do what is asked. */
  brokerTargets(texts: string | readonly string[], path: Path, why: string): Target[] {
    const targets = this.targets(texts, path)
    targets.forEach((target, index) => {
      const isNoBroker = target.role === 'controller' && this.isKraft
      if (target.role === 'registry' || target.role === 'client' || isNoBroker) {
        this.add(typeof texts === 'string' ? path : [...path, index], why, {
          expected: 'a target that means brokers',
          found: typeof texts === 'string' ? texts : texts[index]!,
        })
      }
    })
    return targets
  }

  brokerTarget(text: string, path: Path, why: string): Target {
    return this.brokerTargets(text, path, why)[0]!
  }

  /** Bounds as a comparison; none, or bounds that exclude each other, are mistakes. */
  bounds(
    form: { readonly [key: string]: unknown },
    path: Path,
    read: (bound: never) => number = (bound) => bound,
  ): Comparison {
    const atLeast = form['at-least'] as never
    const atMost = form['at-most'] as never
    const equals = form.equals as never
    const comparison: Comparison = {
      ...(atLeast === undefined ? {} : { atLeast: read(atLeast) }),
      ...(atMost === undefined ? {} : { atMost: read(atMost) }),
      ...(equals === undefined ? {} : { equals: read(equals) }),
    }
    if (Object.keys(comparison).length === 0)
      this.add(path, 'there is no bound here', { at: 'key', expected: 'at-least, at-most or equals', parts: path })
    const low = Math.max(comparison.atLeast ?? 0, comparison.equals ?? 0)
    const high = Math.min(comparison.atMost ?? Number.MAX_SAFE_INTEGER, comparison.equals ?? Number.MAX_SAFE_INTEGER)
    if (low > high)
      this.add(path, 'no number is within these bounds', { at: 'key', expected: 'bounds that leave room', parts: path })
    return comparison
  }

  amount(form: number | { readonly [key: string]: unknown }, path: Path): Comparison {
    return typeof form === 'number' ? { equals: form } : this.bounds(form, path)
  }

  /** Whether the version has a setting, and with it what the setting belongs to. */
  has(key: string, scope: SettingScope): boolean {
    const setting = settingNamed(key, scope)
    return setting !== undefined && defaultIn(setting, this.generation.name) !== null
  }

  /** Settings with their types. What the version lacks is a mistake, or left out when the version is not the scenario's own. */
  settings(form: Readonly<Record<string, Value>> | undefined, scope: SettingScope, path: Path): Record<string, Value> {
    const valid: Record<string, Value> = {}
    for (const [key, value] of Object.entries(form ?? {})) {
      const checked = validateSetting(key, scope, value, this.generation.name)
      if (checked.ok) {
        valid[key] = checked.value
        continue
      }
      const setting = settingNamed(key, scope)
      if (setting === undefined) {
        const keys = settingsIn(scope).map((it) => it.key)
        const nearest =
          nearestName(key, keys) ??
          (SETTINGS.some((it) => it.key === key)
            ? null
            : nearestName(
                key,
                SETTINGS.map((it) => it.key),
              ))
        this.add([...path, key], checked.message, { at: 'key', expected: checked.expected, nearest })
      } else if (defaultIn(setting, this.generation.name) !== null) {
        this.add([...path, key], checked.message.replace(/, found .*$/, ''), {
          expected: checked.expected,
          found: value,
          nearest: nearestValue(setting, String(value), this.generation.name),
        })
      } else if (this.ownVersion) {
        this.add([...path, key], checked.message, { at: 'key', expected: checked.expected })
      } else {
        this.notes.push(`${key} is left out: Kafka ${this.generation.name} has no such ${scope} setting`)
      }
    }
    return valid
  }
}
