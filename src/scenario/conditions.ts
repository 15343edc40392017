/** Conditions of steps, and which of them can never hold. */
import { splitTopicPartition } from '../kafka/ids.ts'
import { unreachable } from '../kernel/assert.ts'
import { own } from '../kernel/own.ts'
import type { Comparison, Condition, Target } from '../world/plan.ts'
import type { Checks } from './checks.ts'
import type { ConditionForm, SimpleConditionForm } from './condition-forms.ts'
import { nearestName } from './nearest.ts'
import type { Path } from './problem.ts'
import { brokerIdOf } from './target.ts'

type FormOf<Head extends string> = Extract<ConditionForm, { readonly [K in Head]: unknown }>

const NO_BROKER = 'this is asked of brokers'

/** Replicas that a partition can have; null when the cluster decides or a step moves them. */
function possibleReplicas(checks: Checks, partition: string): readonly number[] | null {
  const { topic, partition: number } = splitTopicPartition(partition)
  const known = own(checks.names.topics, topic)
  if (known === undefined || checks.names.reassigned.includes(partition)) return null
  return known.replicas?.[number] ?? null
}

function mustBeReplica(checks: Checks, id: number, partition: string, path: Path): void {
  const replicas = possibleReplicas(checks, partition)
  if (id < 0 || replicas === null || replicas.includes(id)) return
  if (checks.names.brokers?.includes(id) === false) return
  checks.add(path, `broker ${id} holds no replica of ${partition}, so this can never be`, {
    expected: `one of ${replicas.map((each) => `broker ${each}`).join(', ')}`,
    found: `broker ${id}`,
  })
}

function brokerOrNone(checks: Checks, text: string | undefined, partition: string, path: Path): number | null {
  if (text === undefined) return null
  const id = brokerIdOf(text)
  if (id >= 0) checks.broker(id, path)
  mustBeReplica(checks, id, partition, path)
  return id
}

function members(
  checks: Checks,
  ids: readonly number[] | undefined,
  partition: string,
  path: Path,
): readonly number[] | null {
  if (ids === undefined) return null
  checks.brokers(ids, path)
  for (const [index, id] of ids.entries()) mustBeReplica(checks, id, partition, [...path, index])
  return ids
}

function roleOrNone(checks: Checks, text: string, path: Path): Target | { readonly role: 'none' } {
  return text === 'none' ? { role: 'none' } : checks.brokerTarget(text, path, NO_BROKER)
}

function compileLeader(
  checks: Checks,
  form: FormOf<'leader'> & { leader: string; is?: string | undefined; 'is-not'?: string | undefined },
  path: Path,
): Condition {
  const partition = form.leader
  checks.partition(partition, [...path, 'leader'])
  const not = form['is-not']
  if ((form.is === undefined) === (not === undefined)) {
    checks.add(path, form.is === undefined ? 'nothing is said about the leader' : 'is and is-not stand side by side', {
      at: 'key',
      parts: path,
      expected: 'one of is and is-not',
    })
  }
  if (not === undefined) {
    const is = roleOrNone(checks, form.is ?? 'none', [...path, 'is'])
    if (is.role === 'broker') mustBeReplica(checks, is.id, partition, [...path, 'is'])
    return { when: 'leader', partition, is }
  }
  const other = roleOrNone(checks, not, [...path, 'is-not'])
  if (other.role === 'broker') return { when: 'leaderNot', partition, not: other.id }
  const none: Condition = { when: 'leader', partition, is: { role: 'none' } }
  if (other.role === 'none') return { when: 'not', of: none }
  return { when: 'not', of: { when: 'any', of: [none, { when: 'leader', partition, is: other }] } }
}

function compileIsr(
  checks: Checks,
  form: FormOf<'isr'> & {
    isr: string
    size?: unknown
    contains?: string | string[] | undefined
    lacks?: string | string[] | undefined
    equals?: number[] | undefined
  },
  path: Path,
): Condition {
  const partition = form.isr
  checks.partition(partition, [...path, 'isr'])
  const equals = members(checks, form.equals, partition, [...path, 'equals'])
  const contains =
    form.contains === undefined ? [] : checks.brokerTargets(form.contains, [...path, 'contains'], NO_BROKER)
  const lacks = form.lacks === undefined ? [] : checks.brokerTargets(form.lacks, [...path, 'lacks'], NO_BROKER)
  const size = form.size === undefined ? null : checks.amount(form.size as number, [...path, 'size'])
  if (form.equals === undefined && contains.length + lacks.length === 0 && size === null) {
    checks.add(path, 'nothing is said about the ISR', {
      at: 'key',
      expected: 'equals, contains, lacks or size',
      parts: path,
    })
  }
  contains.forEach((target, index) => {
    const here: Path = Array.isArray(form.contains) ? [...path, 'contains', index] : [...path, 'contains']
    if (target.role === 'broker') mustBeReplica(checks, target.id, partition, here)
  })
  const most = possibleReplicas(checks, partition)?.length ?? checks.names.brokers?.length
  const least = Math.max(size?.atLeast ?? 0, size?.equals ?? 0)
  if (most !== undefined && least > most) {
    checks.add([...path, 'size'], `the ISR of ${partition} never has ${least} members`, { expected: `at most ${most}` })
  }
  return { when: 'isr', partition, equals, contains, lacks, size }
}

/** The partition, the replica asked (the leader by default) and the bounds of an offset. */
function compileFigure(
  checks: Checks,
  when: 'highWatermark' | 'highWatermarkCheckpoint' | 'logEndOffset' | 'logStartOffset',
  head: string,
  form: { readonly [key: string]: unknown },
  path: Path,
): Condition {
  const partition = form[head] as string
  checks.partition(partition, [...path, head])
  const of = form.of as string | undefined
  const replica = of === undefined ? null : checks.brokerTarget(of, [...path, 'of'], NO_BROKER)
  if (replica?.role === 'broker') mustBeReplica(checks, replica.id, partition, [...path, 'of'])
  return { when, partition, replica, value: checks.bounds(form, path) }
}

function compileTold(
  checks: Checks,
  when: 'acked' | 'failed' | 'sent',
  client: string,
  form: object,
  path: Path,
): Condition {
  if (client !== 'all') checks.client(client, [...path, when], 'producer')
  return {
    when,
    client: client === 'all' ? null : client,
    count: checks.bounds(form as { readonly [key: string]: unknown }, path),
  }
}

const optional = (checks: Checks, form: number | object | undefined, path: Path): Comparison | null =>
  form === undefined ? null : checks.amount(form as number, path)

function compileBelief(checks: Checks, form: FormOf<'belief'>, path: Path): Condition {
  checks.partition(form.about, [...path, 'about'])
  const broker = checks.brokerTarget(form.belief, [...path, 'belief'], NO_BROKER)
  if (broker.role === 'broker') mustBeReplica(checks, broker.id, form.about, [...path, 'belief'])
  if (form.leader === undefined && form.epoch === undefined && form.isr === undefined && form.role === undefined) {
    checks.add(path, 'nothing is said about the belief', {
      at: 'key',
      expected: 'leader, epoch, isr or role',
      parts: path,
    })
  }
  return {
    when: 'believes',
    broker,
    partition: form.about,
    leader: brokerOrNone(checks, form.leader, form.about, [...path, 'leader']),
    leaderEpoch: optional(checks, form.epoch, [...path, 'epoch']),
    isr: members(checks, form.isr, form.about, [...path, 'isr']),
    role: form.role ?? null,
  }
}

function compileWritten(checks: Checks, form: FormOf<'written'>, path: Path): Condition {
  checks.partition(form.written, [...path, 'written'])
  return {
    when: 'stateWritten',
    partition: form.written,
    leader: brokerOrNone(checks, form.leader, form.written, [...path, 'leader']),
    leaderEpoch: form.epoch ?? null,
    isr: members(checks, form.isr, form.written, [...path, 'isr']),
    isrAnyOrder: form['any-order'] ?? false,
    version: form.version ?? null,
  }
}

function compileController(checks: Checks, form: FormOf<'controller'>, path: Path): Condition {
  const { controller } = form
  const is = controller === 'any' ? null : roleOrNone(checks, controller, [...path, 'controller'])
  if (checks.isKraft && /^(broker|leader|followers|isr|preferred|rack)/.test(controller)) {
    checks.impossible(
      [...path, 'controller'],
      'no broker is controller in KRaft: controllers are processes of their own',
    )
  }
  if (controller === 'none' && form.epoch !== undefined) {
    checks.add([...path, 'epoch'], 'there is no epoch without a controller', {
      at: 'key',
      parts: path,
      expected: '`controller: any` with an epoch, or `controller: none` alone',
    })
  }
  return { when: 'controller', is, epoch: optional(checks, form.epoch, [...path, 'epoch']) }
}

function compileGroup(checks: Checks, form: FormOf<'group'>, path: Path): Condition {
  const { state, generation, members } = form
  return {
    when: 'group',
    group: form.group,
    state: state ?? null,
    generation: generation === undefined ? null : checks.amount(generation as number, [...path, 'generation']),
    members: members === undefined ? null : checks.amount(members as number, [...path, 'members']),
  }
}

function compilePosition(checks: Checks, form: FormOf<'position'>, path: Path): Condition {
  checks.client(form.position, [...path, 'position'], 'consumer')
  checks.partition(form.partition, [...path, 'partition'])
  return { when: 'position', client: form.position, partition: form.partition, value: checks.bounds(form, path) }
}

function compileFact(checks: Checks, form: FormOf<'fact'>, path: Path): Condition {
  if (form.partition !== undefined) checks.partition(form.partition, [...path, 'partition'])
  return {
    when: 'fact',
    kind: form.fact,
    broker: form.by === undefined ? null : checks.brokerTarget(form.by, [...path, 'by'], NO_BROKER),
    partition: form.partition ?? null,
    since: form.since ?? 'start',
    count: form.count ?? 1,
  }
}

function compileAnswered(checks: Checks, form: FormOf<'answered'>, path: Path): Condition {
  const { labels } = checks.names
  if (!labels.includes(form.answered)) {
    checks.add([...path, 'answered'], `no request is called ${form.answered}`, {
      expected: labels.length === 0 ? 'the name after `as` of a request; there is none' : `one of ${labels.join(', ')}`,
      found: form.answered,
      nearest: nearestName(form.answered, labels),
    })
  }
  const { gives } = form
  return { when: 'answered', label: form.answered, ...(gives === undefined ? {} : { gives }) }
}

function compileConverged(checks: Checks, form: FormOf<'converged'>, path: Path): Condition {
  const { converged } = form
  if (converged === 'all') return { when: 'converged', partition: null }
  checks.partition(converged, [...path, 'converged'])
  return { when: 'converged', partition: converged }
}

export function compileCondition(checks: Checks, form: ConditionForm, path: Path): Condition {
  if ('all' in form)
    return { when: 'all', of: form.all.map((each, index) => compileCondition(checks, each, [...path, 'all', index])) }
  if ('any' in form)
    return { when: 'any', of: form.any.map((each, index) => compileCondition(checks, each, [...path, 'any', index])) }
  if ('not' in form) return { when: 'not', of: compileCondition(checks, form.not, [...path, 'not']) }
  return compileSimple(checks, form, path)
}

function compileSimple(checks: Checks, form: SimpleConditionForm, path: Path): Condition {
  // These two have keys of their own that are heads of others: leader, epoch, isr.
  if ('belief' in form) return compileBelief(checks, form, path)
  if ('written' in form) return compileWritten(checks, form, path)
  if ('leader' in form) return compileLeader(checks, form, path)
  if ('controller' in form) return compileController(checks, form, path)
  if ('epoch' in form) {
    checks.partition(form.epoch, [...path, 'epoch'])
    return { when: 'leaderEpoch', partition: form.epoch, value: checks.bounds(form, path) }
  }
  if ('isr' in form) return compileIsr(checks, form, path)
  if ('high-watermark' in form) return compileFigure(checks, 'highWatermark', 'high-watermark', form, path)
  if ('high-watermark-checkpoint' in form)
    return compileFigure(checks, 'highWatermarkCheckpoint', 'high-watermark-checkpoint', form, path)
  if ('log-end-offset' in form) return compileFigure(checks, 'logEndOffset', 'log-end-offset', form, path)
  if ('log-start-offset' in form) return compileFigure(checks, 'logStartOffset', 'log-start-offset', form, path)
  if ('session' in form)
    return {
      when: 'session',
      broker: checks.brokerTarget(form.session, [...path, 'session'], NO_BROKER),
      alive: form.is === 'alive',
    }
  if ('registration' in form)
    return {
      when: 'registered',
      broker: checks.brokerTarget(form.registration, [...path, 'registration'], NO_BROKER),
      registered: form.is === 'present',
    }
  if ('process' in form)
    return {
      when: 'process',
      broker: checks.brokerTarget(form.process, [...path, 'process'], NO_BROKER),
      state: form.is,
    }
  if ('acked' in form) return compileTold(checks, 'acked', form.acked, form, path)
  if ('failed' in form) return compileTold(checks, 'failed', form.failed, form, path)
  if ('sent' in form) return compileTold(checks, 'sent', form.sent, form, path)
  if ('group' in form) return compileGroup(checks, form, path)
  if ('position' in form) return compilePosition(checks, form, path)
  if ('fact' in form) return compileFact(checks, form, path)
  if ('answered' in form) return compileAnswered(checks, form, path)
  if ('transaction' in form) return { when: 'transaction', transactionalId: form.transaction, status: form.state }
  if ('converged' in form) return compileConverged(checks, form, path)
  return unreachable(form)
}
