/** Actions of steps. One action of a scenario may become several of a plan, one a target. */

import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import type { MessageType } from '../kafka/messages/message.ts'
import type { RawRequest } from '../kafka/operations.ts'
import { unreachable } from '../kernel/assert.ts'
import type { Action, Target } from '../world/plan.ts'
import { compileCall } from './calls.ts'
import type { Checks } from './checks.ts'
import { defaultLabel } from './names.ts'
import type { Path } from './problem.ts'
import type { ActionForm } from './schema.ts'
import { byPartition, compileTopic, textSettings } from './topology.ts'
import { durationUs, signedDurationUs, sizeBytes } from './units.ts'

type FormOf<Head extends string> = Extract<ActionForm, { readonly [K in Head]: unknown }>
type Texts = string | readonly string[]

const SOCKET_TIMEOUT = '30s'
const ACKS_TIMEOUT = '30s'

const startupOf = (form: { startup?: string | undefined }): number | null =>
  form.startup === undefined ? null : durationUs(form.startup)

const wholeMs = (text: string): number => Math.round(durationUs(text) / 1000)

type Links =
  | { between: Texts; and: Texts; messages?: string[] | undefined; by?: string | undefined }
  | { from: Texts; to: Texts; messages?: string[] | undefined; by?: string | undefined }

interface Ends {
  readonly from: readonly Target[]
  readonly to: readonly Target[]
  readonly both: boolean
}

function endsOf(checks: Checks, links: Links, path: Path): Ends {
  return 'between' in links
    ? {
        from: checks.targets(links.between, [...path, 'between']),
        to: checks.targets(links.and, [...path, 'and']),
        both: true,
      }
    : {
        from: checks.targets(links.from, [...path, 'from']),
        to: checks.targets(links.to, [...path, 'to']),
        both: false,
      }
}

/** Every two groups, both ways. */
function pairsOfGroups(checks: Checks, groups: readonly Texts[], path: Path): Ends[] {
  const targets = groups.map((group, index) => checks.targets(group, [...path, 'groups', index]))
  return targets.flatMap((from, index) => targets.slice(index + 1).map((to) => ({ from, to, both: true })))
}

const cutOrHeal = (checks: Checks, verb: 'cut' | 'heal', form: Links | { groups: Texts[] }, path: Path): Action[] =>
  ('groups' in form ? pairsOfGroups(checks, form.groups, path) : [endsOf(checks, form, path)]).map((ends) => ({
    do: verb,
    ...ends,
  }))

/** What travels only where there is a registry; brokers of KRaft read the metadata log instead. */
const REGISTRY_MESSAGES: readonly string[] = [
  'LeaderAndIsrRequest',
  'UpdateMetadataRequest',
  'StopReplicaRequest',
  'ControlResponse',
  'ControlledShutdownRequest',
  'ControlledShutdownResponse',
  'ConnectRequest',
  'ConnectResponse',
  'PingRequest',
  'PingResponse',
  'CloseSessionRequest',
  'CloseSessionResponse',
  'RegistryRequest',
  'RegistryResponse',
  'WatchEvent',
]

function filterOf(checks: Checks, links: Links, path: Path): readonly MessageType[] | null {
  links.messages?.forEach((name, index) => {
    if (!checks.isKraft || !REGISTRY_MESSAGES.includes(name)) return
    const why = `nobody sends a ${name} in KRaft; brokers learn what is new from MetadataFetchResponse`
    checks.impossible([...path, 'messages', index], why)
  })
  return (links.messages as MessageType[] | undefined) ?? null
}

function compilePowerLoss(checks: Checks, form: FormOf<'power-loss'>, path: Path): Action[] {
  const keepBelow = typeof form.keep === 'object' ? form.keep : null
  for (const partition of Object.keys(keepBelow ?? {})) checks.partition(partition, [...path, 'keep', partition], 'key')
  const keep = form.keep === 'random' ? 'random' : 'durable'
  return checks
    .brokerTargets(form['power-loss'], [...path, 'power-loss'], 'only brokers have logs to lose')
    .map((target) => ({ do: 'powerLoss', target, keepBelow, keep, ...(form.torn === true ? { torn: true } : {}) }))
}

type DiskDamage = Extract<Action, { readonly do: 'damage' }>['damage']

function compileDisk(checks: Checks, form: FormOf<'disk'>, path: Path): Action[] {
  const change = {
    ...(form.free === undefined ? {} : { bytesLeft: form.free === 'plenty' ? null : sizeBytes(form.free) }),
    ...(form.lies === undefined ? {} : { lies: form.lies }),
    ...(form.fails === undefined ? {} : { broken: form.fails }),
  }
  if (Object.keys(change).length === 0) {
    checks.add([...path, 'disk'], 'nothing is said about the disk', { expected: 'one of free, lies and fails' })
  }
  if (form.directory !== undefined) checks.logDirectory(form.directory, [...path, 'directory'])
  return checks
    .brokerTargets(form.disk, [...path, 'disk'], 'only brokers have disks')
    .map((target) => ({ do: 'disk', target, directory: form.directory ?? null, change }))
}

function compileDamage(checks: Checks, form: FormOf<'damage'>, path: Path): Action[] {
  if ((form.how === 'other-broker') !== (form.file === 'meta.properties') && form.how !== 'delete') {
    const expected = form.file === 'meta.properties' ? 'delete or other-broker' : 'empty, garbage or delete'
    checks.add([...path, 'how'], `${form.file} cannot be damaged like that`, { expected })
  }
  const damage: DiskDamage = { what: 'file', file: form.file, how: form.how }
  return checks
    .brokerTargets(form.damage, [...path, 'damage'], 'only brokers have log directories')
    .map((target) => ({ do: 'damage', target, damage }))
}

type DiskForm =
  | FormOf<'disk'>
  | FormOf<'damage'>
  | FormOf<'wipe'>
  | FormOf<'slow-disk'>
  | FormOf<'stall-disk'>
  | FormOf<'bit-rot'>

/** What becomes of disks and of the files on them. */
function compileDiskAction(
  checks: Checks,
  form: DiskForm,
  path: Path,
  eachBroker: (head: string, texts: Texts, why: string, make: (target: Target) => Action) => Action[],
): Action[] {
  const why = 'only brokers have disks'
  if ('disk' in form) return compileDisk(checks, form, path)
  if ('damage' in form) return compileDamage(checks, form, path)
  if ('wipe' in form) return eachBroker('wipe', form.wipe, why, (target) => ({ do: 'wipe', target }))
  if ('slow-disk' in form) {
    const byUs = durationUs(form.by)
    return eachBroker('slow-disk', form['slow-disk'], why, (target) => ({ do: 'slowDisk', target, byUs }))
  }
  if ('stall-disk' in form) {
    const forUs = form.for === undefined ? null : durationUs(form.for)
    return eachBroker('stall-disk', form['stall-disk'], why, (target) => ({
      do: 'stallDisk',
      target,
      stalled: true,
      forUs,
    }))
  }
  checks.partition(form.partition, [...path, 'partition'])
  const damage: DiskDamage = { what: 'flip', partition: form.partition, offset: form.offset }
  return eachBroker('bit-rot', form['bit-rot'], why, (target) => ({ do: 'damage', target, damage }))
}

function compileClock(checks: Checks, form: FormOf<'clock'>, path: Path): Action[] {
  if ((form.skew === undefined) === (form.jump === undefined)) {
    checks.add(path, form.skew === undefined ? 'nothing is said about the clock' : 'skew and jump stand side by side', {
      at: 'key',
      parts: path,
      expected: 'one of skew and jump',
    })
  }
  const relative = form.jump !== undefined
  const skewUs = signedDurationUs(form.jump ?? form.skew ?? '0s')
  return checks
    .targets(form.clock, [...path, 'clock'])
    .map((target) => ({ do: 'clockSkew', target, skewUs, ...(relative ? { relative } : {}) }))
}

function compileElect(checks: Checks, form: FormOf<'elect'>, path: Path): Action[] {
  const single = typeof form.partitions === 'string'
  const partitions = typeof form.partitions === 'string' ? [form.partitions] : form.partitions
  partitions.forEach((each, index) => {
    checks.partition(each, single ? [...path, 'partitions'] : [...path, 'partitions', index])
  })
  return [
    {
      do: 'admin',
      request: { admin: 'electLeader', election: form.elect === 'preferred' ? 'PREFERRED' : 'UNCLEAN', partitions },
    },
  ]
}

function compileReassign(checks: Checks, form: FormOf<'reassign'>, path: Path): Action[] {
  for (const [partition, ids] of Object.entries(form.reassign)) {
    checks.partition(partition, [...path, 'reassign', partition], 'key')
    checks.brokers(ids, [...path, 'reassign', partition])
  }
  if (Object.keys(form.reassign).length === 0)
    checks.add([...path, 'reassign'], 'nothing is reassigned', { expected: 'replicas by partition' })
  return [{ do: 'admin', request: { admin: 'reassign', partitions: form.reassign } }]
}

function compileCreateTopic(checks: Checks, form: FormOf<'create-topic'>, path: Path): Action[] {
  const name = form['create-topic']
  if (checks.names.topics[name]?.fromStart === true) {
    checks.add([...path, 'create-topic'], `topic ${name} exists from the start`, {
      expected: 'a name that is free',
      found: name,
    })
  }
  const { partitions, replicationFactor, assignment, settings } = compileTopic(checks, name, form, path)
  return [
    {
      do: 'admin',
      request: { admin: 'createTopic', topic: name, partitions, replicationFactor, assignment, settings },
    },
  ]
}

function compileAddPartitions(checks: Checks, form: FormOf<'add-partitions'>, path: Path): Action[] {
  const topic = form['add-partitions']
  checks.topic(topic, [...path, 'add-partitions'])
  const { total, replicas } = form
  replicas?.forEach((ids, index) => {
    checks.brokers(ids, [...path, 'replicas', index])
  })
  if (replicas !== undefined && replicas.length >= total) {
    checks.add([...path, 'replicas'], `replicas of ${replicas.length} partitions are given`, {
      expected: `replicas of the new partitions only, fewer than ${total}`,
    })
  }
  const assignment = replicas === undefined ? null : byPartition(replicas, Math.max(0, total - replicas.length))
  return [{ do: 'admin', request: { admin: 'addPartitions', topic, total, assignment } }]
}

function compileSet(checks: Checks, form: FormOf<'set'>, path: Path): Action[] {
  const texts = typeof form.on === 'string' ? [form.on] : form.on
  const at = (index: number): Path => (typeof form.on === 'string' ? [...path, 'on'] : [...path, 'on', index])
  if (Object.keys(form.set).length === 0)
    checks.add([...path, 'set'], 'nothing is set', { expected: "settings under Kafka's dotted keys" })
  return texts.flatMap((text, index): Action[] => {
    if (text.startsWith('topic ')) {
      const topic = text.slice('topic '.length)
      checks.topic(topic, at(index))
      const settings = checks.settings(form.set, 'topic', [...path, 'set'])
      return [{ do: 'admin', request: { admin: 'alterTopicConfig', topic, settings: textSettings(settings) } }]
    }
    const target = checks.brokerTarget(text, at(index), 'settings are changed on brokers and topics')
    const settings = checks.settings(form.set, 'broker', [...path, 'set'])
    return Object.entries(settings).map(([key, value]) => ({ do: 'changeSetting', target, key, value }))
  })
}

/** Timestamps that stand for something else; the last one since 3.0 (KIP-734). */
const SENTINELS: Readonly<Record<string, number>> = { latest: -1, earliest: -2, largest: -3 }

type RequestForm = FormOf<'request'>

function rawRequest(checks: Checks, form: RequestForm, path: Path, label: string): RawRequest {
  const mechanisms: Mechanisms = checks.generation.mechanisms
  if ('partition' in form) checks.partition(form.partition, [...path, 'partition'])
  switch (form.request) {
    case 'produce':
      return {
        request: 'produce',
        partition: form.partition,
        records: form.values.map((value, index) => ({ id: `${label}/${index}`, key: null, value, timestampMs: 0 })),
        acks: form.acks === undefined || form.acks === 'all' ? -1 : Number(form.acks),
        timeoutMs: wholeMs(form.timeout ?? ACKS_TIMEOUT),
      }
    case 'fetch':
      return {
        request: 'fetch',
        partition: form.partition,
        fromOffset: form['from-offset'],
        maxWaitMs: wholeMs(form['max-wait'] ?? '500ms'),
      }
    case 'list-offsets': {
      const timestamp = SENTINELS[String(form.timestamp)] ?? Number(form.timestamp)
      // KAFKA-2334: version 5 (2.2) is the first that can be told OFFSET_NOT_AVAILABLE.
      return {
        request: 'listOffsets',
        partition: form.partition,
        timestamp,
        version: mechanisms.offsetNotAvailable ? 5 : 1,
      }
    }
    case 'delete-records':
      if (!mechanisms.deleteRecords) {
        checks.impossible(
          [...path, 'request'],
          `Kafka ${checks.generation.name} has no DeleteRecords: it came with 0.11`,
        )
      }
      return {
        request: 'deleteRecords',
        partition: form.partition,
        before: form.before === 'high-watermark' ? -1 : Number(form.before),
        timeoutMs: wholeMs(form.timeout ?? ACKS_TIMEOUT),
      }
    case 'metadata':
      form.topics?.forEach((topic, index) => {
        checks.topic(topic, [...path, 'topics', index])
      })
      // KIP-320: version 7 (2.1) is the first that tells leader epochs.
      return { request: 'metadata', topics: form.topics ?? null, version: mechanisms.leaderEpochFencing ? 7 : 5 }
    case 'end-of-epoch':
      return { request: 'offsetForLeaderEpoch', partition: form.partition, epoch: form.epoch }
    default:
      return unreachable(form)
  }
}

function compileRequest(checks: Checks, form: RequestForm, path: Path, fallback: string): Action[] {
  const label = form.as ?? fallback
  if (checks.names.labels.indexOf(label) !== checks.names.labels.lastIndexOf(label)) {
    checks.add([...path, 'as'], `two requests are called ${label}`, { expected: 'a name of its own for each request' })
  }
  const target = checks.brokerTarget(form.to, [...path, 'to'], 'a request goes to a broker')
  const request = rawRequest(checks, form, path, label)
  return [
    { do: 'request', target, request, socketTimeoutUs: durationUs(form['socket-timeout'] ?? SOCKET_TIMEOUT), label },
  ]
}

function compileSend(checks: Checks, form: FormOf<'send'>, path: Path): Action[] {
  checks.client(form.from, [...path, 'from'], 'producer')
  return [
    {
      do: 'offer',
      client: form.from,
      count: form.send,
      value: form.value ?? null,
      partition: form.partition ?? null,
      key: form.key ?? null,
    },
  ]
}

/** The actions of a plan for one action of a scenario; `step` and `index` name what the scenario gives no name. */
export function compileAction(checks: Checks, form: ActionForm, path: Path, step: number, index: number): Action[] {
  const each = (head: string, texts: Texts, make: (target: Target) => Action): Action[] =>
    checks.targets(texts, [...path, head]).map(make)
  const eachBroker = (head: string, texts: Texts, why: string, make: (target: Target) => Action): Action[] =>
    checks.brokerTargets(texts, [...path, head], why).map(make)
  if ('start' in form)
    return each('start', form.start, (target) => ({ do: 'start', target, startupUs: startupOf(form) }))
  if ('crash' in form) return each('crash', form.crash, (target) => ({ do: 'crash', target }))
  if ('power-loss' in form) return compilePowerLoss(checks, form, path)
  if (
    'disk' in form ||
    'damage' in form ||
    'wipe' in form ||
    'slow-disk' in form ||
    'stall-disk' in form ||
    'bit-rot' in form
  ) {
    return compileDiskAction(checks, form, path, eachBroker)
  }
  if ('stop' in form)
    return eachBroker('stop', form.stop, 'only brokers are stopped; a client is stopped by stop-client', (target) => ({
      do: 'stop',
      target,
    }))
  if ('restart' in form) {
    return eachBroker(
      'restart',
      form.restart,
      'only brokers are restarted; another process that is down is started by start',
      (target) => ({ do: 'restart', target, startupUs: startupOf(form) }),
    )
  }
  if ('supervise' in form) {
    return eachBroker(
      'supervise',
      form.supervise,
      'only brokers exit by themselves; another process that is down is started by start',
      (target) => ({
        do: 'supervise',
        target,
      }),
    )
  }
  if ('pause' in form) {
    const forUs = form.for === undefined ? null : durationUs(form.for)
    return each('pause', form.pause, (target) => ({ do: 'pause', target, forUs }))
  }
  if ('resume' in form) return each('resume', form.resume, (target) => ({ do: 'resume', target }))
  if ('expire-session' in form) {
    if (checks.isKraft) {
      checks.impossible(
        [...path, 'expire-session'],
        'sessions of KRaft are memory of the active controller; pause the broker, or cut it off, until it is fenced',
      )
    }
    return eachBroker('expire-session', form['expire-session'], 'only brokers have sessions', (target) => ({
      do: 'expireSession',
      target,
    }))
  }
  if ('cut' in form) return cutOrHeal(checks, 'cut', form.cut, [...path, 'cut'])
  if ('heal' in form)
    return form.heal === 'all' ? [{ do: 'healAll' }] : cutOrHeal(checks, 'heal', form.heal, [...path, 'heal'])
  if ('slow' in form)
    return [
      {
        do: 'slow',
        ...endsOf(checks, form.slow, [...path, 'slow']),
        extraUs: durationUs(form.slow.by),
        messages: filterOf(checks, form.slow, [...path, 'slow']),
      },
    ]
  if ('hold' in form)
    return [
      {
        do: 'hold',
        ...endsOf(checks, form.hold, [...path, 'hold']),
        messages: filterOf(checks, form.hold, [...path, 'hold']),
      },
    ]
  if ('release' in form)
    return [
      {
        do: 'release',
        ...endsOf(checks, form.release, [...path, 'release']),
        messages: filterOf(checks, form.release, [...path, 'release']),
      },
    ]
  if ('drop' in form)
    return [
      {
        do: 'drop',
        ...endsOf(checks, form.drop, [...path, 'drop']),
        messages: filterOf(checks, form.drop, [...path, 'drop']),
      },
    ]
  if ('lag' in form)
    return eachBroker('lag', form.lag, 'only brokers follow', (target) => ({
      do: 'lagFollower',
      target,
      byUs: durationUs(form.by),
    }))
  if ('clock' in form) return compileClock(checks, form, path)
  if ('elect' in form) return compileElect(checks, form, path)
  if ('delete' in form) {
    if (checks.isKraft) {
      checks.impossible(
        [...path, 'delete'],
        'there is no /controller node without a registry; crash or pause the controller',
      )
    }
    return [{ do: 'admin', request: { admin: 'deleteControllerNode' } }]
  }
  if ('reassign' in form) return compileReassign(checks, form, path)
  if ('create-topic' in form) return compileCreateTopic(checks, form, path)
  if ('add-partitions' in form) return compileAddPartitions(checks, form, path)
  if ('delete-topic' in form) {
    checks.topic(form['delete-topic'], [...path, 'delete-topic'])
    return [{ do: 'admin', request: { admin: 'deleteTopic', topic: form['delete-topic'] } }]
  }
  if ('set' in form) return compileSet(checks, form, path)
  if ('request' in form) return compileRequest(checks, form, path, defaultLabel(step, index))
  if ('call' in form) return compileCall(checks, form, path, step, index)
  if ('start-client' in form) {
    checks.client(form['start-client'], [...path, 'start-client'], null)
    return [{ do: 'startClient', name: form['start-client'] }]
  }
  if ('busy' in form) {
    checks.client(form.busy, [...path, 'busy'], 'consumer')
    const label = `busy ${path.join(' ')}`
    return [{ do: 'call', client: form.busy, call: { call: 'processFor', forUs: durationUs(form.for) }, label }]
  }
  if ('stop-client' in form) {
    checks.client(form['stop-client'], [...path, 'stop-client'], null)
    return [{ do: 'stopClient', name: form['stop-client'] }]
  }
  if ('send' in form) return compileSend(checks, form, path)
  if ('observe' in form) return [{ do: 'observe', label: form.observe }]
  if ('note' in form) return [{ do: 'note', text: form.note }]
  return unreachable(form)
}
