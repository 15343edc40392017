/** A run as one JSON object: the documented, versioned format of `--json`. See docs/json-output.md. */
import type { Json } from '../kernel/json.ts'
import type { GroupView } from './coordinated-view.ts'
import type { RunOutcome, RunView } from './run-view.ts'

/** Grows when a field is removed, renamed or changes its meaning; an added field does not count. */
export const JSON_VERSION = 1

export interface RunJson {
  readonly version: number
  readonly scenario: string | null
  readonly kafka: string
  readonly seed: string
  readonly outcome: RunOutcome
  readonly digest: string
  readonly history: string
  readonly virtualUs: number
  readonly events: number
  readonly clients: {
    readonly sent: number
    readonly acked: number
    readonly failed: number
    readonly unknown: number
    readonly lost: number
    readonly duplicated: number
    readonly redelivered: number
    readonly everMissing: number
    readonly longestUnavailableUs: number
  }
  readonly lostRecords: readonly LostJson[]
  readonly properties: readonly PropertyJson[]
  readonly counts: readonly CountJson[]
  readonly partitions: { readonly [partition: string]: PartitionJson }
  readonly groups: { readonly [group: string]: GroupJson }
  readonly transactions: {
    readonly ids: { readonly [transactionalId: string]: TransactionJson }
    readonly stray: readonly {
      readonly partition: string
      readonly producerId: number
      readonly firstOffset: number
    }[]
  }
  readonly notReached: {
    readonly step: number
    readonly text: string
    readonly source: string | null
    readonly words: string
  } | null
  readonly repeat: string
}

interface LostJson {
  readonly record: string
  readonly partition: string
  readonly offset: number
  readonly epoch: number
  readonly value: string | null
  readonly ackedAtUs: number | null
  readonly remainsOn: readonly number[]
  readonly truncatedBy: {
    readonly broker: number
    readonly atUs: number
    readonly rule: string
    readonly to: number
  } | null
}

interface PropertyJson {
  readonly name: string
  readonly held: boolean
  readonly promised: boolean
  readonly expected: string | null
  readonly outcome: string
  readonly knownHole: string | null
  readonly evidence: readonly {
    readonly atUs: number
    readonly event: number
    readonly words: string
    readonly witness: Json
  }[]
}

interface CountJson {
  readonly name: string
  readonly held: boolean
  readonly words: string
}

interface PartitionJson {
  readonly leader: number
  readonly leaderEpoch: number
  readonly controllerEpoch: number
  readonly version: number
  readonly isr: readonly number[]
  readonly replicas: readonly number[]
  readonly highWatermark: number
  readonly lastStableOffset: number
  readonly aborted: readonly {
    readonly producerId: number
    readonly firstOffset: number
    readonly lastOffset: number
  }[]
  readonly logs: {
    readonly [broker: string]: {
      readonly process: string
      readonly role: string
      readonly leaderEpoch: number
      readonly logStartOffset: number
      readonly logEndOffset: number
      readonly highWatermark: number
      readonly highWatermarkCheckpoint: number | null
    }
  }
}

interface GroupJson {
  readonly protocol: string
  readonly coordinator: number
  readonly state: string
  readonly generation: number
  readonly assignor: string | null
  readonly members: {
    readonly [member: string]: {
      readonly instanceId: string | null
      readonly clientId: string
      readonly assigned: readonly string[]
      readonly state: string | null
    }
  }
  readonly offsets: {
    readonly [partition: string]: {
      readonly committed: number
      readonly logEnd: number
      readonly lag: number
      readonly member: string | null
    }
  }
}

interface TransactionJson {
  readonly coordinator: number
  readonly producerId: number
  readonly producerEpoch: number
  readonly status: string
  readonly pending: string | null
  readonly partitions: readonly string[]
  readonly unmarked: readonly string[] | null
  readonly startMs: number
  readonly timeoutMs: number
}

const groupJson = ({ id: _, members, offsets, ...group }: GroupView): GroupJson => ({
  ...group,
  members: Object.fromEntries(members.map(({ id, ...member }) => [id, member])),
  offsets: Object.fromEntries(offsets.map(({ partition, ...offset }) => [partition, offset])),
})

const ROLE_WORDS = { L: 'leader', F: 'follower', '-': 'none' } as const

export function runJson(view: RunView): RunJson {
  return {
    version: JSON_VERSION,
    scenario: view.scenario,
    kafka: view.kafka,
    seed: view.seed,
    outcome: view.outcome,
    digest: view.digest,
    history: view.history,
    virtualUs: view.virtualUs,
    events: view.events,
    clients: view.counted,
    lostRecords: view.lost.map((lost) => ({
      record: lost.id,
      partition: lost.partition,
      offset: lost.offset,
      epoch: lost.epoch,
      value: lost.value,
      ackedAtUs: lost.ackedAtUs,
      remainsOn: lost.remainsOn,
      truncatedBy:
        lost.truncatedBy === null
          ? null
          : {
              broker: lost.truncatedBy.broker,
              atUs: lost.truncatedBy.atUs,
              rule: lost.truncatedBy.rule,
              to: lost.truncatedBy.to,
            },
    })),
    properties: view.verdicts
      .filter(({ kind }) => kind === 'property')
      .map((verdict) => ({
        name: verdict.name,
        held: verdict.held,
        promised: verdict.promised,
        expected: verdict.expected,
        outcome: verdict.judged ? verdict.outcome : 'not-judged',
        knownHole: verdict.knownHole,
        evidence: verdict.evidence.map(({ atUs, event, words, evidence }) => ({
          atUs,
          event,
          words,
          witness: evidence,
        })),
      })),
    counts: view.verdicts
      .filter(({ kind }) => kind === 'count')
      .map(({ name, held, words }) => ({ name, held, words })),
    partitions: Object.fromEntries(
      view.partitions.map(({ partition, logs, ...state }) => [
        partition,
        {
          ...state,
          logs: Object.fromEntries(
            logs.map((log) => [
              String(log.broker),
              {
                process: log.process,
                role: ROLE_WORDS[log.role],
                leaderEpoch: log.leaderEpoch,
                logStartOffset: log.logStartOffset,
                logEndOffset: log.logEndOffset,
                highWatermark: log.highWatermark,
                highWatermarkCheckpoint: log.highWatermarkCheckpoint,
              },
            ]),
          ),
        },
      ]),
    ),
    groups: Object.fromEntries(view.groups.map((group) => [group.id, groupJson(group)])),
    transactions: {
      ids: Object.fromEntries(view.transactions.ids.map(({ transactionalId, ...state }) => [transactionalId, state])),
      stray: view.transactions.stray,
    },
    notReached: view.notReached,
    repeat: view.repeat,
  }
}
