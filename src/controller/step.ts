/**
 * A controller's work as plain data. An event is the first step of some work; a step may put further steps before
 * the rest, and may wait for the registry, after which its continuation step is given the answers. So a controller
 * that is killed, paused or copied in the middle of its work is only data.
 */
import type { ErrorName } from '../kafka/errors.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { AlterPartitionRequest, AlterPartitionResponse, LeaderAndIsrState } from '../kafka/messages/control.ts'
import type { RegistryOp, RegistryResult } from '../kafka/messages/registry.ts'
import type { StateZnode } from '../kafka/znodes.ts'
import type { ConnectionId } from '../kernel/machine.ts'

/** One replica of one partition. */
export interface Replica {
  readonly partition: TopicPartition
  readonly broker: BrokerId
}

/** How a leader is chosen. `unclean` is the offline election that an administrator allows to leave the ISR. */
export type ElectionStrategy = 'offline' | 'unclean' | 'preferred' | 'reassignment' | 'controlled-shutdown'

/** One kind of conditional write of state znodes. */
export type StateChange =
  | { readonly kind: 'elect'; readonly strategy: ElectionStrategy }
  | { readonly kind: 'removeReplica'; readonly replica: BrokerId }
  /** Only the leader epoch grows, so that the recipients take a new assignment over. */
  | { readonly kind: 'bumpEpoch'; readonly recipients: readonly BrokerId[] }

/** What one change makes of one state znode. */
export interface Decision {
  readonly fromIsr: readonly BrokerId[]
  readonly fromVersion: number
  readonly to: StateZnode
  /** Who is sent LeaderAndIsr. */
  readonly recipients: readonly BrokerId[]
  readonly unclean: boolean
}

export type Decisions = Readonly<Record<TopicPartition, Decision>>

/** What waits in the queue: each is also the first step of its own work. */
export type ControllerEvent =
  // --- Who is controller
  | { readonly do: 'startUp' }
  | { readonly do: 'elect' }
  | { readonly do: 'controllerDeleted' }
  | { readonly do: 'controllerChanged' }
  | { readonly do: 'newSession' }
  | { readonly do: 'sessionExpired' }
  // --- What an acting controller hears
  | { readonly do: 'brokerChange' }
  | { readonly do: 'topicChange' }
  | { readonly do: 'partitionChange'; readonly topic: string }
  | { readonly do: 'topicConfigChange' }
  | { readonly do: 'topicDeletion' }
  | { readonly do: 'replicasDeleted'; readonly deleted: readonly Replica[]; readonly failed: readonly Replica[] }
  | { readonly do: 'reassignmentAsked' }
  | { readonly do: 'reassignmentIsrChange'; readonly partition: TopicPartition }
  | { readonly do: 'electionAsked'; readonly election: 'preferred' | 'unclean' }
  | { readonly do: 'isrChangeNotified' }
  | { readonly do: 'logDirFailed' }
  | {
      readonly do: 'rolesAnswered'
      readonly broker: BrokerId
      readonly partitions: Readonly<Record<TopicPartition, ErrorName>>
    }
  | { readonly do: 'autoRebalance' }
  | {
      readonly do: 'controlledShutdown'
      readonly broker: BrokerId
      readonly brokerEpoch: number
      readonly connection: ConnectionId
      readonly correlationId: number
    }
  | { readonly do: 'alterPartition'; readonly request: AlterPartitionRequest; readonly connection: ConnectionId }

export type Step =
  | ControllerEvent
  // --- Taking office
  | { readonly do: 'controllerRead'; readonly because: 'elect' | 'deleted' | 'changed' | 'newSession' }
  | { readonly do: 'delayElection' }
  | { readonly do: 'controllerCreated' }
  | { readonly do: 'ownControllerChecked' }
  | { readonly do: 'readEpoch' }
  | { readonly do: 'epochRead' }
  | { readonly do: 'epochWritten'; readonly epoch: number; readonly version: number }
  | { readonly do: 'epochNodeCreated' }
  | { readonly do: 'tryOffice'; readonly epoch: number; readonly version: number }
  | { readonly do: 'officeWritten'; readonly epoch: number; readonly version: number }
  | { readonly do: 'officeChecked'; readonly epoch: number; readonly version: number }
  /** Lets the broker go on with its own start. */
  | { readonly do: 'tellStarted' }
  // --- A new controller's order of work
  | { readonly do: 'readCluster' }
  | { readonly do: 'clusterListed' }
  | {
      readonly do: 'clusterRead'
      readonly brokers: readonly string[]
      readonly topics: readonly string[]
      readonly deletions: readonly string[]
    }
  | { readonly do: 'clusterStatesRead'; readonly partitions: readonly TopicPartition[] }
  | { readonly do: 'startPartitions' }
  // --- Brokers
  | { readonly do: 'brokersListed' }
  | { readonly do: 'brokersRead'; readonly ids: readonly BrokerId[] }
  | { readonly do: 'brokersJoin'; readonly brokers: readonly { readonly id: BrokerId; readonly epoch: number }[] }
  | { readonly do: 'brokersGone'; readonly brokers: readonly BrokerId[] }
  // --- Log directories of brokers
  | { readonly do: 'logDirEventsListed' }
  | { readonly do: 'logDirEventsRead'; readonly names: readonly string[] }
  // --- Topics
  | { readonly do: 'topicsListed' }
  | { readonly do: 'topicsRead'; readonly topics: readonly string[] }
  | { readonly do: 'partitionsRead'; readonly topic: string }
  | { readonly do: 'topicConfigsRead'; readonly topics: readonly string[] }
  | { readonly do: 'assignTopicIds'; readonly topics: readonly string[] }
  | { readonly do: 'newPartitions'; readonly partitions: readonly TopicPartition[] }
  // --- State machines of partitions and replicas
  | {
      readonly do: 'partitionsOnline'
      readonly partitions: readonly TopicPartition[]
      readonly strategy: ElectionStrategy
    }
  /** Elections for every partition (of a topic) that is new or offline. */
  | { readonly do: 'electOffline'; readonly topic: string | null }
  | { readonly do: 'createStates'; readonly partitions: readonly TopicPartition[] }
  | {
      readonly do: 'statesCreated'
      readonly states: Readonly<Record<TopicPartition, StateZnode>>
      readonly at: Readonly<Record<TopicPartition, number>>
    }
  | { readonly do: 'replicasOnline'; readonly replicas: readonly Replica[] }
  | { readonly do: 'replicasNew'; readonly replicas: readonly Replica[] }
  | { readonly do: 'replicasOffline'; readonly replicas: readonly Replica[] }
  | { readonly do: 'replicasDelete'; readonly replicas: readonly Replica[]; readonly forget: boolean }
  // --- Conditional writes of state znodes
  | {
      readonly do: 'changeStates'
      readonly partitions: readonly TopicPartition[]
      readonly change: StateChange
      /** Writes that may have happened although they were answered BADVERSION (KAFKA-1382). */
      readonly hoped: Decisions
    }
  | {
      readonly do: 'statesRead'
      readonly partitions: readonly TopicPartition[]
      readonly topics: readonly string[]
      readonly change: StateChange
      readonly hoped: Decisions
    }
  | { readonly do: 'statesWritten'; readonly change: StateChange; readonly decisions: Decisions }
  // --- Requests to brokers
  | { readonly do: 'sendBatch' }
  | {
      readonly do: 'updateMetadata'
      /** null: every live broker. */
      readonly brokers: readonly BrokerId[] | null
      /** null: every partition. */
      readonly partitions: readonly TopicPartition[] | null
    }
  // --- Reassignment
  | { readonly do: 'readReassignments'; readonly resumeAll: boolean }
  | { readonly do: 'reassignmentsRead'; readonly resumeAll: boolean }
  | { readonly do: 'reassign'; readonly partition: TopicPartition; readonly target: readonly BrokerId[] }
  | { readonly do: 'continueReassignment'; readonly partition: TopicPartition; readonly onlyToFinish: boolean }
  | { readonly do: 'reassignmentStateRead'; readonly partition: TopicPartition; readonly onlyToFinish: boolean }
  | { readonly do: 'moveLeaderInto'; readonly partition: TopicPartition; readonly formerReplicas: readonly BrokerId[] }
  | { readonly do: 'reassignmentDone'; readonly partition: TopicPartition }
  | { readonly do: 'resumeReassignmentsOn'; readonly brokers: readonly BrokerId[] }
  | { readonly do: 'writeAssignment'; readonly topic: string }
  | { readonly do: 'forgetReassignments'; readonly partitions: readonly TopicPartition[] }
  | { readonly do: 'forgettableRead'; readonly partitions: readonly TopicPartition[] }
  // --- Elections that an administrator or the balancer asks for
  | { readonly do: 'electionRead'; readonly election: 'preferred' | 'unclean' }
  | { readonly do: 'deleteNode'; readonly path: string }
  | { readonly do: 'armRebalance'; readonly delayMs: number }
  // --- Topic deletion
  | { readonly do: 'deletionsListed' }
  | { readonly do: 'resumeDeletions' }
  | { readonly do: 'deleteTopicNodes'; readonly topic: string }
  | { readonly do: 'topicNodesDeleted'; readonly topic: string }
  // --- ISR changes
  | { readonly do: 'isrChangesListed' }
  | { readonly do: 'isrChangesRead'; readonly names: readonly string[] }
  | { readonly do: 'isrStatesRead'; readonly partitions: readonly TopicPartition[] }
  | {
      readonly do: 'alterPartitionWritten'
      readonly request: AlterPartitionRequest
      readonly connection: ConnectionId
      readonly answers: AlterPartitionResponse['partitions']
      readonly states: Readonly<Record<TopicPartition, StateZnode>>
    }
  // --- Controlled shutdown
  | {
      readonly do: 'answerControlledShutdown'
      readonly broker: BrokerId
      readonly connection: ConnectionId
      readonly correlationId: number
    }
  /** Waits for the answers and looks at none of them. */
  | { readonly do: 'ignoreAnswers' }

export type StepName = Step['do']
export type StepNamed<Name extends StepName> = Extract<Step, { readonly do: Name }>

/** The answer to one registry request. */
export interface Answer {
  readonly results: readonly RegistryResult[]
  /** The request had lost its connection and was sent again. */
  readonly retried: boolean
}

/** Requests that one state change collects before they are queued to the brokers. */
export interface RequestBatch {
  /** By destination. */
  leaderAndIsr: Record<string, Record<TopicPartition, LeaderAndIsrState>>
  /** Every live broker is sent these, if there are any. */
  updateMetadata: TopicPartition[]
  /** By destination; true: the replica is deleted too. */
  stopReplica: Record<string, Record<TopicPartition, boolean>>
}

/** The event that runs: the rest of its steps, and what it waits for. */
export interface RunningEvent {
  readonly event: ControllerEvent['do']
  /** A stack: the next step is the last element. */
  steps: Step[]
  batch: RequestBatch
  waiting: Waiting | null
}

/** Requests to the registry whose answers the continuation needs, all of them. */
export interface Waiting {
  readonly then: Step
  readonly requests: readonly (readonly RegistryOp[])[]
  readonly requestIds: readonly string[]
  /** How many have been sent: all at once by a pipelining client (1.1+), else one at a time. */
  sent: number
  /** By position; null while unanswered. */
  answers: (Answer | null)[]
}
