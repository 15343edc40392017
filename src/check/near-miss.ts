/** Why an expected violation did not come: how near the run was, in words. */
import type { TopicPartition } from '../kafka/ids.ts'
import { NO_LEADER } from '../kafka/ids.ts'
import type { Json } from '../kernel/json.ts'
import { partitionTruth } from '../world/targets.ts'
import type { FactEntry, SentRecord, World } from '../world/world.ts'
import { findRecord, named } from './logs.ts'
import { judgedLog } from './loss.ts'
import type { Violation } from './property.ts'

export interface ExpectedViolation {
  readonly property: string
  readonly partition: TopicPartition | null
  readonly value: string | null
}

/** Places of a witness that hold a second record: what another replica has at the same offset. */
const SECOND_RECORDS = ['replicaHas', 'otherHas', 'memberHas', 'now'] as const

/** Values of the records that a violation's witness names. */
function witnessValues({ evidence }: Violation): string[] {
  const fields = evidence as Readonly<Record<string, Json>> | null
  const records = [fields, ...SECOND_RECORDS.map((name) => fields?.[name] ?? null)]
  return records.flatMap((record) => {
    const value = (record as { readonly value?: Json } | null)?.value
    return typeof value === 'string' ? [value] : []
  })
}

export const isWitness = (expected: ExpectedViolation, violation: Violation): boolean =>
  violation.property === expected.property &&
  (expected.partition === null || violation.partition === expected.partition) &&
  (expected.value === null || witnessValues(violation).includes(expected.value))

/** One or two sentences: another witness, else what became of the named record, else what the run never did. */
export function nearMiss(world: World, expected: ExpectedViolation, violations: readonly Violation[]): string {
  const others = violations.filter(({ property }) => property === expected.property)
  if (others.length > 0) {
    return `it was broken, but by another witness: ${others[0]!.words}${others.length > 1 ? ` (and ${others.length - 1} more)` : ''}`
  }
  if (expected.value !== null) return fateOf(world, expected.value, expected.partition)
  return quietRun(world, expected.partition)
}

/** What became of the record of a value. */
function fateOf(world: World, value: string, partition: TopicPartition | null): string {
  const sent = Object.values(world.ledger.sent).find(
    (record) => record.value === value && (partition === null || record.partition === partition),
  )
  if (sent === undefined) return `no record ${value} was sent${partition === null ? '' : ` to ${partition}`}`
  const told = toldOf(sent)
  if (sent.partition === null) return `${value} ${told}`
  const judged = judgedLog(world, sent.partition)
  if (judged === null) return `${value} ${told}; ${sent.partition} never had a leader`
  const held = findRecord(judged.log, sent.id)
  const there =
    held === null
      ? `the last leader, broker ${judged.broker}, does not have it`
      : `the last leader, broker ${judged.broker}, has it at offset ${held.offset} (log end ${judged.log.logEndOffset})`
  const cuts = cutsOf(world, sent)
  const cut = cuts.length === 0 ? 'no broker truncated it' : `it was truncated by ${cuts.join(' and by ')}`
  return `${value} ${told}; ${there}; ${cut}`
}

function toldOf(sent: SentRecord): string {
  if (sent.outcome === 'acked')
    return `was acknowledged (acks=${sent.acks === -1 ? 'all' : sent.acks}) at offset ${sent.offset}`
  if (sent.outcome === null) return 'was sent and never answered'
  return `was sent and ${sent.outcome === 'failed' ? 'refused' : 'left unknown'} (${sent.error ?? 'no error'})`
}

const cutsOf = (world: World, sent: SentRecord): string[] =>
  world.ledger.facts.flatMap(({ node, fact }: FactEntry) =>
    fact.kind === 'truncated' && fact.removed.some(({ id }) => id === sent.id) ? [`${node} (${fact.rule})`] : [],
  )

/** What happened of the things that break properties. */
function quietRun(world: World, partition: TopicPartition | null): string {
  const about = (entry: FactEntry): boolean =>
    partition === null || ('partition' in entry.fact && entry.fact.partition === partition)
  const facts = world.ledger.facts.filter(about)
  const takeovers = facts.filter(({ fact }) => fact.kind === 'becameLeader').length
  const cuts = facts.filter(({ fact }) => fact.kind === 'truncated' && fact.removed.length > 0)
  const where = partition === null ? 'in the whole run' : `for ${partition}`
  const lastCut = cuts.at(-1)
  const cutWords =
    lastCut === undefined || lastCut.fact.kind !== 'truncated'
      ? 'nothing was truncated'
      : `${cuts.length} truncations removed records, last ${lastCut.node} to ${lastCut.fact.to}, removing ${named(lastCut.fact.removed[0]!)} first`
  const truth = partition === null ? null : partitionTruth(world, partition)
  const end =
    truth === null
      ? ''
      : `; in the end ${truth.leader === NO_LEADER ? 'nobody' : `broker ${truth.leader}`} leads at epoch ${truth.leaderEpoch} with ISR [${truth.isr.join(', ')}]`
  return `${where} leadership was taken up ${takeovers} times and ${cutWords}${end}`
}
