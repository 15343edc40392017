/** Every fact as one plain sentence, for timelines, evidence and chains of causes. */
import type { Fact, FactKind } from '../kafka/facts.ts'
import { nodeNumber } from '../kafka/ids.ts'
import { unreachable } from '../kernel/assert.ts'

/** How much a fact matters on a timeline: `major` always shows, `minor` only in the long form, `quiet` never. */
export type Weight = 'major' | 'minor' | 'quiet'

/** A mark that says the same as its colour. */
export interface Mark {
  readonly glyph: string
  readonly tone: 'good' | 'bad' | 'warn' | 'info' | 'plain'
  readonly weight: Weight
}

const MARKS: Readonly<Record<FactKind, Mark>> = {
  appended: { glyph: '+', tone: 'plain', weight: 'quiet' },
  truncated: { glyph: 'x', tone: 'warn', weight: 'major' },
  powerLost: { glyph: 'x', tone: 'bad', weight: 'major' },
  diskReplaced: { glyph: 'x', tone: 'bad', weight: 'major' },
  recoveryCut: { glyph: 'x', tone: 'bad', weight: 'major' },
  corruptBatchFetched: { glyph: '!', tone: 'bad', weight: 'major' },
  logDirFailed: { glyph: '!', tone: 'bad', weight: 'major' },
  replicasInFailedDirectory: { glyph: '!', tone: 'bad', weight: 'major' },
  synced: { glyph: '.', tone: 'plain', weight: 'minor' },
  truncationDecided: { glyph: '.', tone: 'plain', weight: 'minor' },
  truncatedToHighWatermark: { glyph: '.', tone: 'plain', weight: 'minor' },
  epochAnswerNotBelowLogEnd: { glyph: '.', tone: 'plain', weight: 'minor' },
  fetchOffsetReset: { glyph: 'x', tone: 'warn', weight: 'major' },
  fetcherFailed: { glyph: '!', tone: 'bad', weight: 'major' },
  recovered: { glyph: '.', tone: 'plain', weight: 'minor' },
  logStartMoved: { glyph: '^', tone: 'plain', weight: 'minor' },
  segmentsDeleted: { glyph: '-', tone: 'plain', weight: 'major' },
  logCleaned: { glyph: '~', tone: 'plain', weight: 'major' },
  foundByTime: { glyph: '.', tone: 'plain', weight: 'quiet' },
  oldSegmentRead: { glyph: '.', tone: 'plain', weight: 'quiet' },
  highWatermark: { glyph: 'v', tone: 'plain', weight: 'quiet' },
  becameLeader: { glyph: '*', tone: 'good', weight: 'major' },
  becameFollower: { glyph: '.', tone: 'plain', weight: 'minor' },
  becomeFollowerSkippedSameLeader: { glyph: '.', tone: 'plain', weight: 'minor' },
  replicaStopped: { glyph: '-', tone: 'plain', weight: 'minor' },
  coordinatorLoaded: { glyph: '*', tone: 'info', weight: 'minor' },
  coordinatorResigned: { glyph: '-', tone: 'info', weight: 'minor' },
  groupRebalancing: { glyph: 'g', tone: 'info', weight: 'major' },
  groupGeneration: { glyph: 'g', tone: 'info', weight: 'minor' },
  groupStable: { glyph: 'G', tone: 'good', weight: 'major' },
  consumerGroup: { glyph: 'g', tone: 'info', weight: 'minor' },
  groupMemberRemoved: { glyph: '-', tone: 'warn', weight: 'major' },
  groupMemberReplaced: { glyph: 'g', tone: 'info', weight: 'major' },
  groupCommit: { glyph: '.', tone: 'plain', weight: 'quiet' },
  recordsGivenUp: { glyph: '!', tone: 'warn', weight: 'major' },
  readReplica: { glyph: '>', tone: 'info', weight: 'major' },
  subscriptionChanged: { glyph: '>', tone: 'info', weight: 'major' },
  partitionsAssigned: { glyph: '>', tone: 'good', weight: 'major' },
  partitionsRevoked: { glyph: '<', tone: 'info', weight: 'major' },
  partitionsLost: { glyph: '<', tone: 'warn', weight: 'major' },
  commitAnswered: { glyph: '.', tone: 'plain', weight: 'minor' },
  pollThrew: { glyph: '!', tone: 'bad', weight: 'major' },
  recordProcessed: { glyph: '.', tone: 'plain', weight: 'quiet' },
  offsetExpired: { glyph: 'x', tone: 'warn', weight: 'major' },
  internalTopicNotCreated: { glyph: '!', tone: 'warn', weight: 'minor' },
  isrShrinkAsked: { glyph: '.', tone: 'plain', weight: 'minor' },
  isrExpandAsked: { glyph: '.', tone: 'plain', weight: 'minor' },
  isrChanged: { glyph: 'i', tone: 'info', weight: 'major' },
  isrWriteRefusedByVersion: { glyph: '!', tone: 'warn', weight: 'major' },
  isrChangeForgotten: { glyph: '!', tone: 'warn', weight: 'major' },
  isrRequestRefused: { glyph: '!', tone: 'warn', weight: 'minor' },
  isrRequestRefusedStaleBrokerEpoch: { glyph: '!', tone: 'warn', weight: 'minor' },
  fetchRefused: { glyph: '.', tone: 'plain', weight: 'minor' },
  produceRefused: { glyph: '!', tone: 'warn', weight: 'minor' },
  produceAcknowledged: { glyph: '.', tone: 'plain', weight: 'quiet' },
  controlRequestRefused: { glyph: '!', tone: 'warn', weight: 'minor' },
  transactionState: { glyph: 't', tone: 'info', weight: 'minor' },
  transactionNotWritten: { glyph: '!', tone: 'warn', weight: 'minor' },
  transactionMarker: { glyph: 't', tone: 'info', weight: 'minor' },
  lastStableOffset: { glyph: 'v', tone: 'plain', weight: 'quiet' },
  producerInitialized: { glyph: 't', tone: 'info', weight: 'minor' },
  transactionBegan: { glyph: '.', tone: 'plain', weight: 'minor' },
  transactionTold: { glyph: 't', tone: 'info', weight: 'minor' },
  transactionMarkerRefused: { glyph: '!', tone: 'warn', weight: 'minor' },
  processHalted: { glyph: '!', tone: 'bad', weight: 'major' },
  processHung: { glyph: '!', tone: 'bad', weight: 'major' },
  registered: { glyph: '^', tone: 'good', weight: 'major' },
  reRegistering: { glyph: '.', tone: 'plain', weight: 'minor' },
  registrationConflict: { glyph: '!', tone: 'warn', weight: 'major' },
  startFailed: { glyph: '!', tone: 'bad', weight: 'major' },
  sessionExpired: { glyph: 's', tone: 'warn', weight: 'minor' },
  sessionEstablished: { glyph: '.', tone: 'plain', weight: 'minor' },
  sessionDisconnected: { glyph: '.', tone: 'plain', weight: 'minor' },
  controlledShutdownStarted: { glyph: '-', tone: 'plain', weight: 'minor' },
  controlledShutdownSucceeded: { glyph: '-', tone: 'info', weight: 'major' },
  controlledShutdownFailed: { glyph: '!', tone: 'warn', weight: 'major' },
  controllerElected: { glyph: 'C', tone: 'info', weight: 'major' },
  controllerResigned: { glyph: 'c', tone: 'info', weight: 'major' },
  controllerWriteFenced: { glyph: '!', tone: 'warn', weight: 'major' },
  brokerJoined: { glyph: '.', tone: 'plain', weight: 'minor' },
  brokerGone: { glyph: '.', tone: 'plain', weight: 'minor' },
  brokerFenced: { glyph: 's', tone: 'warn', weight: 'major' },
  brokerUnfenced: { glyph: '^', tone: 'good', weight: 'major' },
  metadataRecord: { glyph: '.', tone: 'plain', weight: 'quiet' },
  leaderElected: { glyph: 'E', tone: 'info', weight: 'major' },
  noLeaderPossible: { glyph: '!', tone: 'bad', weight: 'major' },
  replicaRemovedFromIsr: { glyph: 'i', tone: 'info', weight: 'major' },
  reassignmentStarted: { glyph: 'r', tone: 'info', weight: 'major' },
  reassignmentCompleted: { glyph: 'r', tone: 'good', weight: 'major' },
  registryWrite: { glyph: '.', tone: 'plain', weight: 'quiet' },
  registrySessionEnded: { glyph: 's', tone: 'warn', weight: 'major' },
  registrySessionOpened: { glyph: '.', tone: 'plain', weight: 'minor' },
  recordSent: { glyph: '.', tone: 'plain', weight: 'quiet' },
  clientTold: { glyph: '.', tone: 'plain', weight: 'quiet' },
  recordsPolled: { glyph: '.', tone: 'plain', weight: 'quiet' },
  positionReset: { glyph: 'x', tone: 'warn', weight: 'major' },
  consumerFailed: { glyph: '!', tone: 'bad', weight: 'major' },
  offsetCommitted: { glyph: '.', tone: 'plain', weight: 'quiet' },
  clientRetried: { glyph: '.', tone: 'plain', weight: 'quiet' },
  clientRebootstrapped: { glyph: '>', tone: 'info', weight: 'major' },
}

export const markOf = (kind: FactKind): Mark => MARKS[kind]

/** A mark for this very fact: a truncation that takes nothing away, or a consumer's first position, is a matter of course. */
export function markOfFact(fact: Fact): Mark {
  const mark = markOf(fact.kind)
  const ofCourse =
    (fact.kind === 'truncated' && fact.removed.length === 0) || (fact.kind === 'positionReset' && fact.from < 0)
  return ofCourse ? { glyph: '.', tone: 'plain', weight: 'minor' } : mark
}

/** `1 broker`, `3 brokers`. */
export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

const set = (ids: readonly number[]): string => `[${ids.join(',')}]`
/** Ascending numbers with runs folded: `3, 5..9`. */
export function ranges(numbers: readonly number[]): string {
  const parts: string[] = []
  let from = numbers[0]
  numbers.forEach((number, i) => {
    if (numbers[i + 1] === number + 1) return
    parts.push(from === number ? String(number) : `${from}..${number}`)
    from = numbers[i + 1]
  })
  return parts.join(', ')
}

const named = (partitions: readonly string[]): string => (partitions.length === 0 ? 'nothing' : partitions.join(' '))

const leaderText = (leader: number): string => (leader < 0 ? 'nobody' : `broker ${leader}`)

/** The node as a reader says it: `broker 2`, `the controller (broker 3)`, `the registry`, `client p1`. */
export function nodeWords(node: string): string {
  if (node.startsWith('broker-')) return `broker ${nodeNumber(node)}`
  if (node.startsWith('controller-')) return `controller ${nodeNumber(node)}`
  if (node.startsWith('session-')) return `broker ${nodeNumber(node)}`
  if (node === 'registry') return 'the registry'
  if (node === 'admin') return 'the administrator'
  const hyphen = node.indexOf('-')
  return hyphen < 0 ? node : `${node.slice(0, hyphen)} ${node.slice(hyphen + 1)}`
}

/** Groups of 0.8, and consumers in none yet, have no generation. */
const generationOf = ({ generation, group }: { readonly generation: number; readonly group: string }): string =>
  generation < 0 ? group : `generation ${generation} of ${group}`

/** What happened, without saying who: the node is named by the caller's column or prefix. */
export function factWords(fact: Fact): string {
  switch (fact.kind) {
    case 'appended':
      return `${fact.partition}: appends ${fact.baseOffset}..${fact.endOffset - 1} as ${fact.as}`
    case 'truncated': {
      const what =
        fact.removed.length === 0
          ? 'nothing removed'
          : `removes ${fact.removed.length === 1 ? 'offset' : 'offsets'} ${ranges(fact.removed.map(({ offset }) => offset))}`
      return `${fact.partition}: truncates its log from ${fact.from} to ${fact.to} (${what}; ${fact.rule})`
    }
    case 'powerLost':
      return `${fact.partition}: the power loss takes ${fact.removed.length} records, log end ${fact.from} -> ${fact.to}`
    case 'diskReplaced':
      return `${fact.partition}: the disk is another one, ${fact.removed.length} records are gone with the old one`
    case 'recoveryCut':
      return `${fact.partition}: the start loses ${fact.removed.length} records, log end ${fact.from} -> ${fact.to} (${fact.rule})`
    case 'corruptBatchFetched':
      return `${fact.partition}: the batch at ${fact.offset} came with a wrong checksum, nothing is appended`
    case 'logDirFailed':
      return `log directory ${fact.directory} has failed: ${fact.reason}`
    case 'replicasInFailedDirectory':
      return `${fact.partitions.join(', ')} of broker ${fact.broker} are offline: their log directory has failed`
    case 'synced':
      return `${fact.file}${fact.partition === null ? '' : ` of ${fact.partition}`} is forced to the disk: ${fact.fsyncs} fsync, ${fact.msyncs} msync`
    case 'truncationDecided':
      return `${fact.partition}: decides to truncate to ${fact.to} (${fact.rule})`
    case 'truncatedToHighWatermark':
      return `${fact.partition}: truncates to its high watermark ${fact.to}`
    case 'epochAnswerNotBelowLogEnd':
      return `${fact.partition}: the leader's end of the epoch, ${fact.end}, is not below the log end: nothing to cut`
    case 'fetchOffsetReset':
      return `${fact.partition}: offset ${fact.at} is out of the leader's range, continues at ${fact.to}`
    case 'fetcherFailed':
      return `${fact.partition}: replication stops: ${fact.reason}`
    case 'recovered':
      return `${fact.partition}: log loaded, end ${fact.logEndOffset}, high watermark ${fact.highWatermark}`
    case 'logStartMoved':
      return `${fact.partition}: log start ${fact.from} -> ${fact.to} (${fact.why})`
    case 'segmentsDeleted':
      return `${fact.partition}: deletes ${fact.bases.length === 1 ? 'segment' : 'segments'} ${fact.bases.join(', ')} (${fact.reason})`
    case 'logCleaned':
      return `${fact.partition}: cleaned from ${fact.from} to ${fact.to}, ${fact.recordsRemoved} records gone, ${fact.bytesBefore} -> ${fact.bytesAfter} bytes`
    case 'foundByTime':
      return `${fact.partition}: time ${fact.timestampMs} ms is at offset ${fact.offset} (${fact.probes} index entries looked at, ${fact.scanned} batches read)`
    case 'oldSegmentRead':
      return `${fact.partition}: offset ${fact.offset} is read from segment ${fact.segment} (${fact.probes} index entries looked at, ${fact.scanned} batches read)`
    case 'highWatermark':
      return `${fact.partition}: high watermark ${fact.from} -> ${fact.to} as ${fact.as}`
    case 'becameLeader':
      return `${fact.partition}: leads epoch ${fact.leaderEpoch} from offset ${fact.logEndOffset}, high watermark ${fact.highWatermark}, ISR ${set(fact.isr)}`
    case 'becameFollower':
      return `${fact.partition}: follows ${leaderText(fact.leader)} in epoch ${fact.leaderEpoch}`
    case 'becomeFollowerSkippedSameLeader':
      return `${fact.partition}: epoch ${fact.leaderEpoch} names the same leader ${fact.leader}: nothing to do`
    case 'replicaStopped':
      return `${fact.partition}: stops replicating${fact.deleted ? ' and deletes its log' : ''}`
    case 'coordinatorLoaded':
      return `${fact.partition}: has read its log and coordinates what belongs to it`
    case 'coordinatorResigned':
      return `${fact.partition}: no longer coordinates what belongs to it`
    case 'groupRebalancing':
      return `group ${fact.group}: rebalances${fact.generation < 0 ? '' : ` after generation ${fact.generation}`}: ${fact.reason}`
    case 'groupGeneration':
      return `group ${fact.group}: generation ${fact.generation} of ${plural(fact.members.length, 'member')}${fact.leader === null ? '' : `, led by ${fact.leader}`}`
    case 'groupStable':
      return `group ${fact.group}: stable in generation ${fact.generation}: ${Object.entries(fact.assignments)
        .map(([member, partitions]) => `${member} has ${partitions.length === 0 ? 'nothing' : partitions.join(' ')}`)
        .join(', ')}`
    case 'consumerGroup': {
      const members = Object.entries(fact.members).map(
        ([id, { epoch, assigned }]) => `${id}@${epoch}: ${assigned.join(' ') || '-'}`,
      )
      return `group ${fact.group} is ${fact.state} at epoch ${fact.groupEpoch}, assignment ${fact.assignmentEpoch}${members.length === 0 ? '' : `; ${members.join(', ')}`}`
    }
    case 'groupMemberRemoved':
      return `group ${fact.group}: ${fact.member} is out: ${fact.why}`
    case 'groupMemberReplaced':
      return `group ${fact.group}: ${fact.instanceId} comes back as ${fact.to}, and ${fact.from} is fenced`
    case 'groupCommit':
      return `group ${fact.group}: takes a commit of ${fact.member} in generation ${fact.generation}`
    case 'partitionsAssigned':
      return `is assigned ${named(fact.partitions)} in ${generationOf(fact)}`
    case 'partitionsRevoked':
      return `gives away ${named(fact.partitions)} (${generationOf(fact)})`
    case 'partitionsLost':
      return `has lost ${named(fact.partitions)} with its membership in ${fact.group}`
    case 'recordsGivenUp':
      return `gives up ${plural(fact.count, 'record')}, and tells nobody`
    case 'readReplica':
      return `reads ${fact.partition} from ${fact.replica === null ? 'its leader again' : `broker ${fact.replica}`}: ${fact.why}`
    case 'subscriptionChanged':
      return `subscribes to ${named(fact.topics)} by its pattern`
    case 'commitAnswered':
      return `${fact.how} commit of ${Object.entries(fact.offsets)
        .map(([name, offset]) => `${name} at ${offset}`)
        .join(', ')}${fact.error === null ? '' : `: ${fact.error}`}`
    case 'pollThrew':
      return `poll throws ${fact.error}`
    case 'recordProcessed':
      return `has processed ${fact.partition} at ${fact.offset}`
    case 'offsetExpired':
      return `group ${fact.group}: the offset of ${fact.partition} has expired`
    case 'internalTopicNotCreated':
      return `cannot create ${fact.topic}: only brokers ${set(fact.liveBrokers)} are there for its replicas`
    case 'isrShrinkAsked':
      return `${fact.partition}: wants to shrink the ISR ${set(fact.fromIsr)} -> ${set(fact.toIsr)}`
    case 'isrExpandAsked':
      return `${fact.partition}: wants to expand the ISR ${set(fact.fromIsr)} -> ${set(fact.toIsr)}`
    case 'isrChanged':
      return `${fact.partition}: ISR ${set(fact.fromIsr)} -> ${set(fact.toIsr)} (version ${fact.partitionEpoch})`
    case 'isrWriteRefusedByVersion':
      return `${fact.partition}: ISR write refused: the state changed since this leader read it`
    case 'isrChangeForgotten':
      return `${fact.partition}: told ISR ${set(fact.isr)} as before, no longer waits for ${set(fact.askedFor)}`
    case 'isrRequestRefused':
      return `${fact.partition}: ISR change refused: ${fact.error}`
    case 'isrRequestRefusedStaleBrokerEpoch':
      return 'ISR change refused: STALE_BROKER_EPOCH (this broker is not registered)'
    case 'fetchRefused':
      return `${fact.partition}: refuses a fetch of broker ${fact.follower}: ${fact.error}`
    case 'produceRefused':
      return `${fact.partition}: refuses a produce: ${fact.error}`
    case 'produceAcknowledged':
      return `${fact.partition}: acknowledges ${fact.baseOffset}..${fact.endOffset - 1} at acks=${fact.acks === -1 ? 'all' : fact.acks}`
    case 'controlRequestRefused':
      return `refuses ${fact.request} of controller epoch ${fact.controllerEpoch}: ${fact.error}`
    case 'processHalted':
      return `${fact.partition}: its log is longer than its leader's and unclean election is off: the process halts`
    case 'processHung':
      return `${fact.partition}: tries to halt and hangs in its own shutdown, still registered`
    case 'registered':
      return 'registers'
    case 'reRegistering':
      return 'notices that its session has expired and registers again'
    case 'registrationConflict':
      return 'cannot register: its former session is still alive'
    case 'startFailed':
      return `does not start: ${fact.reason}`
    case 'sessionExpired':
      return 'learns that its session has expired'
    case 'sessionEstablished':
      return 'opens a session'
    case 'sessionDisconnected':
      return 'loses its connection to the registry'
    case 'controlledShutdownStarted':
      return 'asks the controller for a controlled shutdown'
    case 'controlledShutdownSucceeded':
      return 'controlled shutdown granted: it leads nothing any more'
    case 'controlledShutdownFailed':
      return `controlled shutdown failed: ${fact.reason}`
    case 'controllerElected':
      return `takes office as the controller, epoch ${fact.controllerEpoch}`
    case 'controllerResigned':
      return `is no longer the controller: ${fact.reason}`
    case 'controllerWriteFenced':
      return `a write to ${fact.path} is fenced: a newer controller exists`
    case 'brokerJoined':
      return `sees broker ${fact.broker} join`
    case 'brokerGone':
      return `sees broker ${fact.broker} gone`
    case 'brokerFenced':
      return `fences broker ${fact.broker}`
    case 'brokerUnfenced':
      return `unfences broker ${fact.broker}`
    case 'metadataRecord':
      return `commits ${fact.record.type} to the metadata log at offset ${fact.offset}`
    case 'leaderElected':
      return `${fact.partition}: elects ${leaderText(fact.leader)}, epoch ${fact.leaderEpoch}, ISR ${set(fact.isr)} (${fact.unclean ? 'UNCLEAN election' : fact.election})`
    case 'noLeaderPossible':
      return `${fact.partition}: no leader possible, ISR ${set(fact.isr)}: ${fact.reason}`
    case 'replicaRemovedFromIsr':
      return `${fact.partition}: takes broker ${fact.replica} out of the ISR, now ${set(fact.isr)}, epoch ${fact.leaderEpoch}`
    case 'reassignmentStarted':
      return `${fact.partition}: reassignment to ${set(fact.replicas)} begins`
    case 'reassignmentCompleted':
      return `${fact.partition}: reassignment to ${set(fact.replicas)} is complete`
    case 'registryWrite':
      return `${fact.write} ${fact.path} (version ${fact.version}) by ${fact.by}`
    case 'registrySessionEnded':
      return `ends the session of ${nodeWords(fact.by)}${fact.expired ? ': it has expired' : ', which closed it'}`
    case 'registrySessionOpened':
      return `opens a session for ${nodeWords(fact.by)}`
    case 'recordSent':
      return `sends ${fact.value ?? 'a tombstone'}${fact.partition === null ? '' : ` to ${fact.partition}`}`
    case 'clientTold':
      return `is told ${fact.outcome}${fact.error === 'NONE' ? '' : ` (${fact.error})`}${fact.offset >= 0 ? ` at offset ${fact.offset}` : ''}`
    case 'recordsPolled':
      return `${fact.partition}: reads ${fact.records.length} from offset ${fact.fromOffset}`
    case 'positionReset':
      return fact.from < 0
        ? `${fact.partition}: starts at ${fact.to} (${fact.why})`
        : `${fact.partition}: position ${fact.from} -> ${fact.to}: ${fact.why}`
    case 'consumerFailed':
      return `${fact.partition}: stops at position ${fact.position}: ${fact.why}`
    case 'offsetCommitted':
      return `${fact.partition}: commits offset ${fact.offset}`
    case 'clientRetried':
      return `${fact.partition}: retries after ${fact.error} (attempt ${fact.attempt})`
    case 'clientRebootstrapped':
      return `gives up the brokers that it knows (${fact.brokers.join(', ')}) and asks its bootstrap servers`
    case 'transactionState':
      return `${fact.transactionalId}: ${fact.from} -> ${fact.to}, producer ${fact.producerId} epoch ${fact.producerEpoch}${fact.partitions.length === 0 ? '' : `, ${fact.partitions.join(' ')}`}`
    case 'transactionNotWritten':
      return `${fact.transactionalId}: ${fact.status} could not be written (${fact.error})`
    case 'transactionMarker':
      return `${fact.partition}: ${fact.result} of producer ${fact.producerId} epoch ${fact.producerEpoch} at offset ${fact.offset}, coordinator epoch ${fact.coordinatorEpoch}`
    case 'lastStableOffset':
      return `${fact.partition}: last stable offset ${fact.from < 0 ? '' : `${fact.from} -> `}${fact.to}`
    case 'producerInitialized':
      return `is producer ${fact.producerId} epoch ${fact.producerEpoch} of ${fact.transactionalId}`
    case 'transactionBegan':
      return `begins transaction ${fact.transaction}`
    case 'transactionTold':
      return `is told that transaction ${fact.transaction} is ${fact.outcome}${fact.error === 'NONE' ? '' : ` (${fact.error})`}`
    case 'transactionMarkerRefused':
      return `${fact.partition}: refuses the marker of producer ${fact.producerId} (${fact.error})`
    default:
      return unreachable(fact)
  }
}
