import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compileRecording } from '../../src/conform/compile.ts'
import { parseRecording } from '../../src/conform/recording.ts'
import { simulate } from '../../src/driver/simulate.ts'
import type { Generation } from '../../src/kafka/generation/generation.ts'
import type { Mechanisms } from '../../src/kafka/generation/mechanisms.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import { canonical } from '../../src/kernel/fingerprint.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { MECHANISM_NAMES } from '../../src/scenario/mechanism-switches.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'
import type { Plan } from '../../src/world/plan.ts'

/** A story in which one flipped switch changes what comes out. Found by scripts/switch-witnesses.mjs. */
interface Witness {
  readonly switch: string
  readonly kafka: string
  readonly value: string | number | boolean
  readonly story: string
}

const root = new URL('../../', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, root), 'utf8')
const witnesses = JSON.parse(read('test/kafka/switches/witnesses.json')) as Witness[]

/** Switches that no story can show, and where they are shown instead. */
const WITHOUT_A_STORY: Readonly<Record<string, string>> = {
  // A controller's requests reach a broker in order, and those of another controller are refused by its epoch: KIP-570
  // is about threads within a broker, and an event is atomic here.
  stopReplicaEpoch: 'test/broker/roles.test.ts: a late StopReplica, put before a broker by hand',
}

/** Switches that no story shows, and why. */
const WAITING: Readonly<Record<string, string>> = {
  metadata: 'it decides which machines there are: a plan of one kind is none of the other',
  producerBatchesKept: 'idempotence: no scenario has a producer with an id',
  sequencesCount: 'idempotence: test/client/given-up-sequence.test.ts',
  producersForgotten: 'idempotence: no scenario has a producer with an id',
  sequenceAfterMarker: 'transactions: no scenario has one',
  unknownProducer: 'idempotence: no scenario has a producer with an id',
  emptyTransactions: 'transactions: recordings of clients hold it',
  coordinatorTellsFenced: 'transactions: recordings of clients hold it',
  failedFenceKeepsEpoch: 'transactions: tests of the coordinator hold it',
  fencedExceptionBare: 'the name of an exception: recordings of clients hold it',
  producerRecoversByEpochBump: 'transactions: recordings of clients hold it',
  transactionalOffsetsFenced: 'transactions: recordings of clients hold it',
  transactionsBumpEpoch: 'transactions: tests of the coordinator hold it',
  transactionsVerified: 'transactions: scenarios/transactions/a-hanging-transaction.yaml expects otherwise by version',
  unverifiedTransactionAbortable: 'the name of an error: tests of the coordinator hold it',
  memoryError: 'the name of an exception: recordings of clients hold it',
  requestTimeoutError: 'the name of an exception: recordings of clients hold it',
  unknownPartition: 'workloads name partitions that are there: recordings of clients hold it',
  assignorsSortByInstanceId: 'groups: no scenario has static members',
  assignorMapsComputeIfAbsent: 'groups: the order of topics whose names collide',
  rangeWalksPartitions: 'groups: the order of topics whose names collide',
  consumerGroupProtocol: 'KIP-848: groups of KRaft brokers',
  groupEpochHashesTopics: 'KIP-848: groups of KRaft brokers',
  stickyAssignor: 'groups: held against vectors, no scenario has a sticky group',
  stickyClaims: 'groups: held against vectors, no scenario has a sticky group',
  cooperativeClaimsCarryGeneration: 'groups: held against vectors, no scenario has a sticky group',
  backgroundHeartbeat: 'groups: recordings of clients hold it',
  commitToldRebalance: 'groups: recordings of clients hold it',
  fencedMemberRejoins: 'groups: recordings of clients hold it',
  lostPartitionsTold: 'groups: recordings of clients hold it',
  memberIdKept: 'groups: recordings of clients hold it',
  newMembersAskForId: 'groups: recordings of clients hold it',
  completingRebalanceCalled: 'groups: a word of DescribeGroups, held against recordings',
  emptyGroupsKept: 'groups: tests of the coordinator hold it',
  heartbeatWhileCompleting: 'groups: tests of the coordinator hold it',
  internalTopicsNeedReplicas: 'groups: tests of the coordinator hold it',
  joinSkipsAssignment: 'groups: tests of the coordinator hold it',
  offsetsExpireWithGroup: 'groups: tests of the coordinator hold it',
  staticRejoinWhileCompleting: 'groups: tests of the coordinator hold it',
  staticReplacementStored: 'groups: tests of the coordinator hold it',
  unsyncedMembersRemoved: 'groups: tests of the coordinator hold it',
  highWatermarkAtLeastLogStart: 'no scenario has a high watermark below a log start',
  indexEntryOffset: 'files of a log: no scenario looks into them',
  closeFlushesActiveSegment: 'counted only: recordings of flushes hold it',
  recoveryScan: 'files of a log: recordings of damaged directories hold them',
  recoveryPointAfterRecovery: 'files of a log: recordings of damaged directories hold them',
  indexCheck: 'files of a log: recordings of damaged directories hold them',
  missingIndexLeftEmpty: 'files of a log: recordings of damaged directories hold them',
  cleanMarkerRemoved: 'files of a log: recordings of damaged directories hold them',
  unreadableRecoveryPoint: 'files of a log: recordings of damaged directories hold them',
  metaPropertiesChecked: 'files of a log: recordings of damaged directories hold them',
  logStartPastEnd: 'files of a log: recordings of damaged directories hold them',
  trailingGarbageIsFatal: 'files of a log: recordings of damaged directories hold them',
  tornEntryStopsReaders: 'files of a log: recordings of damaged directories hold them',
  recoverySnapshots: 'files of a log: recordings of damaged directories hold them',
  tombstoneHorizon: 'tombstones: held against recordings, no client of a scenario writes one',
  producerSnapshots: 'files of a log: no scenario looks into them',
  ...WITHOUT_A_STORY,
}

function planOf({ kafka, story }: Witness): Plan {
  const generation = generationNamed(kafka) as Generation
  if (story.endsWith('.json')) {
    const parsed = parseRecording(JSON.parse(read(story)))
    if (!parsed.ok) throw new Error(`${story}: ${parsed.problems[0]}`)
    const compiled = compileRecording({ ...parsed.recording, kafka: generation.releases.at(-1)! }, { pins: true })
    if (!compiled.ok) throw new Error(`${story}: ${compiled.notModelled}`)
    return compiled.plan
  }
  const parsed = parseScenario(read(story), story)
  if (!parsed.ok) throw new Error(`${story}: ${parsed.problems[0]?.message}`)
  const compiled = compileScenario(parsed.scenario, { kafka })
  if (!compiled.ok) throw new Error(`${story}: ${compiled.problems[0]?.message}`)
  return compiled.plan
}

/** What mattered of a run, what machines said and what clients saw. */
function fingerprint(plan: Plan): string {
  const limits = { ...plan.limits, events: Math.min(plan.limits.events, 40_000) }
  const { world, history } = simulate({ ...plan, limits }, { properties: [], digest: false })
  const { facts, requests, polled, observations } = world.ledger
  const seen = Object.values(observations).map(({ view }) => view)
  return history + canonical([facts.map(({ node, fact }) => [node, fact]), requests, polled, seen])
}

test('every switch has a story that shows it, or a reason why it waits', () => {
  const shown = witnesses.map((each) => each.switch)
  expect(MECHANISM_NAMES.filter((name) => !shown.includes(name) && WAITING[name] === undefined)).toEqual([])
  expect(shown.filter((name) => WAITING[name] !== undefined)).toEqual([])
})

test('every story of the switches is used', () => {
  const stories = readdirSync(new URL('test/kafka/switches/', root)).filter((name) => name.endsWith('.yaml'))
  const used = new Set(witnesses.map(({ story }) => story))
  expect(stories.filter((name) => !used.has(`test/kafka/switches/${name}`))).toEqual([])
})

const bases = new Map<string, string>()

test.each(witnesses)('$switch: Kafka $kafka with $value tells another story in $story', (witness) => {
  const plan = planOf(witness)
  const name = witness.switch as keyof Mechanisms
  expect(plan.mechanisms[name] ?? false).not.toBe(witness.value)
  const key = `${witness.kafka} ${witness.story}`
  const base = bases.get(key) ?? fingerprint(plan)
  bases.set(key, base)
  const flipped = { ...plan.mechanisms, [name]: witness.value }
  expect(fingerprint({ ...plan, mechanisms: flipped }) === base).toBe(false)
})
