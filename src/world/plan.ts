/** What a run needs and nothing more. A pure function of (Plan) gives the run; scenarios, recordings and campaigns make Plans. */

import type { GroupPhase } from '../broker/coordinator/group/state.ts'
import type { DiskState } from '../broker/state.ts'
import type { Transforms } from '../client/application/state.ts'
import type { MemberApplication } from '../client/consumer/state.ts'
import type { ClientCall } from '../kafka/calls.ts'
import type { CompressionRatios } from '../kafka/compression.ts'
import type { Settings } from '../kafka/config.ts'
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { MessageType } from '../kafka/messages/message.ts'
import type { MutantName } from '../kafka/mutants.ts'
import type { AdminRequest, RawRequest } from '../kafka/operations.ts'
import type { DiskDamage } from '../log/disk-damage.ts'
import type { Latency } from '../network/latency.ts'
import type { LinkRule } from '../network/links.ts'

export interface PlanBroker {
  readonly id: BrokerId
  readonly rack: string | null
  /** Every broker setting by dotted key, resolved (defaults, cluster, this broker). */
  readonly settings: Settings
  /** Process start to the first message to the registry, in us, when a start does not say. */
  readonly startupUs: number
  /** Started at time 0 + startAtUs; null: started by a step. */
  readonly startAtUs: number | null
  /** Clock skew of its machine at the start, in us. */
  readonly clockSkewUs: number
}

/** A controller of KRaft: a process of its own. */
export interface PlanController {
  readonly id: number
  /** Started at this time, in us; null: started by a step. */
  readonly startAtUs: number | null
}

export interface PlanTopic {
  readonly name: string
  readonly partitions: number
  readonly replicationFactor: number
  readonly assignment: Readonly<Record<string, readonly BrokerId[]>> | null
  readonly settings: Readonly<Record<string, string>>
}

export type Workload =
  /** `count` records (null: until the stop), one each 1/rate seconds. */
  | {
      readonly kind: 'rate'
      readonly perSecond: number
      readonly count: number | null
      readonly startUs: number
      readonly stopUs: number | null
    }
  /** `count` records at once. */
  | { readonly kind: 'burst'; readonly count: number; readonly startUs: number }

export interface PlanProducer {
  readonly kind: 'producer'
  readonly name: string
  readonly topic: string
  /** null: the partitioner chooses. */
  readonly partition: number | null
  readonly keys:
    | { readonly kind: 'none' }
    | { readonly kind: 'round-robin'; readonly count: number }
    | { readonly kind: 'random'; readonly count: number }
  readonly valueBytes: number
  /** What codecs make of its records, in thousandths; absent: USUAL_RATIOS. */
  readonly ratios?: CompressionRatios
  readonly settings: Settings
  readonly workload: readonly Workload[]
  /** The Scala producer of 0.8 to 1.1; absent: the Java producer. */
  readonly api?: 'scala'
  readonly bootstrap: readonly BrokerId[]
  /** Its process is started by a step, and it does what steps call; absent: it runs by itself. */
  readonly startedByStep?: boolean
  /** `client.id` where several clients of the plan share one; absent: the name. */
  readonly clientId?: string
  /** It lives in the process of an application that transforms, and is called by that one; absent: in its own. */
  readonly serves?: {
    readonly application: string
    /** The input partition that it is for; null: all. */
    readonly partition: TopicPartition | null
  }
}

export interface PlanConsumer {
  readonly kind: 'consumer'
  readonly name: string
  readonly partitions: readonly TopicPartition[] | null
  /** Empty with a pattern. */
  readonly topics: readonly string[]
  /** A member of a group that reads every topic whose whole name matches this regular expression. */
  readonly pattern?: string
  readonly settings: Settings
  readonly startUs: number
  readonly stopUs: number | null
  readonly bootstrap: readonly BrokerId[]
  /** Its process is started by a step, and it does what steps call; absent: it runs by itself. */
  readonly startedByStep?: boolean
  /** A member of a group (`group.id`), and what its application does; absent: it reads by itself. */
  readonly member?: MemberApplication
  /** Its application produces what it makes of the records, in transactions with their offsets; absent: it only reads. */
  readonly transforms?: Transforms
  /** Its group lives in the registry, as the consumers of 0.8 have it; absent: at a coordinator. */
  readonly groupInRegistry?: true
  /** `client.id` where several clients of the plan share one; absent: the name. */
  readonly clientId?: string
}

export type PlanClient = PlanProducer | PlanConsumer

// --- Targets: by name or by role, resolved when the step fires.

export type Target =
  | { readonly role: 'broker'; readonly id: BrokerId }
  /** Of a partition, as the registry names them. */
  | { readonly role: 'leader' | 'followers' | 'isr' | 'preferred'; readonly partition: TopicPartition }
  | { readonly role: 'controller' }
  | { readonly role: 'rack'; readonly rack: string }
  | { readonly role: 'random'; readonly of: 'broker' }
  | { readonly role: 'all-brokers' }
  | { readonly role: 'registry' }
  /** One controller of KRaft, by its id. */
  | { readonly role: 'quorum'; readonly id: number }
  | { readonly role: 'client'; readonly name: string }

/** A filter of messages on a link; null: every message. */
type MessageFilter = readonly MessageType[] | null

// --- Actions: everything a step can do to the world.

export type Action =
  | { readonly do: 'start'; readonly target: Target; readonly startupUs: number | null }
  /** kill -9: the page cache survives. */
  | { readonly do: 'crash'; readonly target: Target }
  /**
   * The log keeps a prefix: `keepBelow` by partition where given, else (`random`) drawn between the durable frontier
   * and the end, else the durable frontier. Checkpoint files stay.
   */
  | {
      readonly do: 'powerLoss'
      readonly target: Target
      readonly keepBelow: Readonly<Record<TopicPartition, number>> | null
      readonly keep: 'durable' | 'random'
      /** The first batch that is lost leaves its beginning in the file. */
      readonly torn?: boolean
    }
  /** A disk, or a hand, changes files of a broker. Those that its process has open it does not read again. */
  | { readonly do: 'damage'; readonly target: Target; readonly damage: DiskDamage }
  /** The disk under a log directory changes; null: under every one of the broker. What is not named stays as it is. */
  | {
      readonly do: 'disk'
      readonly target: Target
      readonly directory: string | null
      readonly change: Partial<DiskState>
    }
  /** Work that needs the broker's disk waits: until `forUs` is over (stalled; null: until told), or so much longer. */
  | { readonly do: 'stallDisk'; readonly target: Target; readonly stalled: boolean; readonly forUs: number | null }
  | { readonly do: 'slowDisk'; readonly target: Target; readonly byUs: number }
  /** A new, empty disk: a process that runs is killed first. */
  | { readonly do: 'wipe'; readonly target: Target }
  /** SIGTERM: controlled shutdown. */
  | { readonly do: 'stop'; readonly target: Target }
  | { readonly do: 'restart'; readonly target: Target; readonly startupUs: number | null }
  /** From now on a broker that exits by itself, or after a stop, is started again, as a supervisor does. */
  | { readonly do: 'supervise'; readonly target: Target }
  /** SIGSTOP and SIGCONT (a GC pause); `forUs` resumes by itself. */
  | { readonly do: 'pause'; readonly target: Target; readonly forUs: number | null }
  | { readonly do: 'resume'; readonly target: Target }
  | { readonly do: 'expireSession'; readonly target: Target }
  | {
      readonly do: 'cut' | 'heal'
      readonly from: readonly Target[]
      readonly to: readonly Target[]
      readonly both: boolean
    }
  | { readonly do: 'healAll' }
  | { readonly do: 'cutFromRegistry' | 'healToRegistry'; readonly target: Target }
  | {
      readonly do: 'slow'
      readonly from: readonly Target[]
      readonly to: readonly Target[]
      readonly both: boolean
      readonly extraUs: number
      readonly messages: MessageFilter
    }
  | {
      readonly do: 'hold' | 'release' | 'drop'
      readonly from: readonly Target[]
      readonly to: readonly Target[]
      readonly both: boolean
      readonly messages: MessageFilter
    }
  /** Follower lag: this much more time before each of its fetches; 0 ends it. */
  | { readonly do: 'lagFollower'; readonly target: Target; readonly byUs: number }
  /** Sets how far off the clock of its machine is; `relative` adds to what it was: the clock jumps. */
  | { readonly do: 'clockSkew'; readonly target: Target; readonly skewUs: number; readonly relative?: boolean }
  /** Sets the file times of a partition's segments, by base offset and in ms of the broker's clock, as `touch` does. */
  | {
      readonly do: 'touchFiles'
      readonly target: Target
      readonly partition: TopicPartition
      readonly modifiedMs: Readonly<Record<string, number>>
    }
  /** With a label the answer is kept under it. */
  | { readonly do: 'admin'; readonly request: AdminRequest; readonly label?: string }
  /** One raw request to a named broker; the answer is kept under `label`. */
  | {
      readonly do: 'request'
      readonly target: Target
      readonly request: RawRequest
      readonly socketTimeoutUs: number
      readonly label: string
    }
  /**
   * Raw requests one after another, `everyUs` from each answer to the next: until `stopRequestLoop`, the values of the
   * records counted up, or until one is accepted, the values unchanged. Answers are kept under `<label>/<n>`; `label`
   * itself is answered when the loop has ended.
   */
  | {
      readonly do: 'requestLoop'
      readonly target: Target
      readonly request: RawRequest
      readonly socketTimeoutUs: number
      readonly everyUs: number
      readonly until: 'stopped' | 'accepted'
      readonly label: string
    }
  | { readonly do: 'stopRequestLoop'; readonly label: string }
  | {
      readonly do: 'changeSetting'
      readonly target: Target
      readonly key: string
      readonly value: string | number | boolean
    }
  | { readonly do: 'startClient' | 'stopClient'; readonly name: string }
  | {
      readonly do: 'offer'
      readonly client: string
      readonly count: number
      readonly value: string | null
      readonly partition: number | null
      readonly key: string | null
    }
  /** An application calls its client; what came of it is kept under `label`, as that of a request is. */
  | { readonly do: 'call'; readonly client: string; readonly call: ClientCall; readonly label: string }
  /** Copies what can be seen now into the ledger under `label`; touches nothing. */
  | { readonly do: 'observe'; readonly label: string }
  /** Nothing: a mark on the timeline. */
  | { readonly do: 'note'; readonly text: string }

// --- Conditions: judged after each event, on the registry's truth unless a broker's belief is asked.

export interface Comparison {
  readonly atLeast?: number
  readonly atMost?: number
  readonly equals?: number
}

export type Condition =
  | { readonly when: 'leader'; readonly partition: TopicPartition; readonly is: Target | { readonly role: 'none' } }
  | { readonly when: 'leaderNot'; readonly partition: TopicPartition; readonly not: BrokerId }
  | { readonly when: 'leaderEpoch'; readonly partition: TopicPartition; readonly value: Comparison }
  | {
      readonly when: 'isr'
      readonly partition: TopicPartition
      readonly equals: readonly BrokerId[] | null
      readonly contains: readonly Target[]
      readonly lacks: readonly Target[]
      readonly size: Comparison | null
    }
  /** Of a replica; null: the leader the registry names. */
  | {
      readonly when: 'highWatermark' | 'highWatermarkCheckpoint' | 'logEndOffset' | 'logStartOffset'
      readonly partition: TopicPartition
      readonly replica: Target | null
      readonly value: Comparison
    }
  | {
      readonly when: 'believes'
      readonly broker: Target
      readonly partition: TopicPartition
      readonly leader: BrokerId | null
      readonly leaderEpoch: Comparison | null
      readonly isr: readonly BrokerId[] | null
      readonly role: 'leader' | 'follower' | null
    }
  /** The registry has (or has not) a live session of the broker. */
  | { readonly when: 'session'; readonly broker: Target; readonly alive: boolean }
  | { readonly when: 'registered'; readonly broker: Target; readonly registered: boolean }
  | { readonly when: 'process'; readonly broker: Target; readonly state: 'up' | 'down' | 'paused' }
  | {
      readonly when: 'controller'
      readonly is: Target | { readonly role: 'none' } | null
      readonly epoch: Comparison | null
    }
  /** `told`: with a result of any kind. */
  | { readonly when: 'acked' | 'failed' | 'told' | 'sent'; readonly client: string | null; readonly count: Comparison }
  | {
      readonly when: 'position'
      readonly client: string
      readonly partition: TopicPartition
      readonly value: Comparison
    }
  /** A fact of that kind (by that broker, about that partition) has happened since the run began, or since the step before. */
  | {
      readonly when: 'fact'
      readonly kind: string
      readonly broker: Target | null
      readonly partition: TopicPartition | null
      readonly since: 'start' | 'previous'
      readonly count: number
    }
  /** A group as its coordinator has it now. */
  | {
      readonly when: 'group'
      readonly group: string
      readonly state: GroupPhase | null
      readonly generation: Comparison | null
      readonly members: Comparison | null
    }
  /** A group has been in that state with so many members (null: any number) so often since the run began. */
  | {
      readonly when: 'groupPassed'
      readonly group: string
      readonly state: 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Empty'
      readonly members: number | null
      readonly count: number
    }
  /** A fact of that kind was said so often by one node, for example `consumer-c1`. */
  | {
      readonly when: 'clientFact'
      readonly node: string
      readonly kind: string
      readonly count: number
      /** Only those that name partitions. */
      readonly withPartitions?: true
    }
  /** The registry has been written so at some time: true from then on. Fields left null match anything. */
  | {
      readonly when: 'stateWritten'
      readonly partition: TopicPartition
      readonly leader: BrokerId | null
      readonly leaderEpoch: number | null
      readonly isr: readonly BrokerId[] | null
      readonly isrAnyOrder: boolean
      readonly version: number | null
    }
  /** The state of a transactional id that was written last; null: none of the id is known. */
  | { readonly when: 'transaction'; readonly transactionalId: string; readonly status: string }
  /** The labelled request or call has its answer: any, or the one named (NONE, or the outermost exception). */
  | { readonly when: 'answered'; readonly label: string; readonly gives?: string }
  /** All replicas of the ISR have equal log ends and nothing is in flight to be appended. */
  | { readonly when: 'converged'; readonly partition: TopicPartition | null }
  | { readonly when: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly when: 'not'; readonly of: Condition }

export interface PlanStep {
  readonly id: string
  /** What a reader sees; may be empty. */
  readonly text: string
  /** Not before this virtual time. */
  readonly atUs: number | null
  /** Not before `afterUs` after the step of that index fired; null: independent of others. */
  readonly after: { readonly step: number; readonly delayUs: number } | null
  /** Judged after each event once the two above are satisfied (`latch` conditions remember). */
  readonly when: Condition | null
  /** Longest wait for `when` from the moment it is first judged; null: the run length. */
  readonly withinUs: number | null
  readonly actions: readonly Action[]
  /** Where it is written, for messages: `leader-crash.yaml:31`. */
  readonly source: string | null
}

/** What a scenario says must come out. One block is chosen by version when the Plan is made. */
export interface Expectation {
  /** Property names that must hold (those promised must hold anyway). */
  readonly holds: readonly string[]
  /** Properties that must be violated; a witness must match where partition or value is given. */
  readonly violated: readonly {
    readonly property: string
    readonly partition: TopicPartition | null
    readonly value: string | null
  }[]
  /** Properties that may break without failing the run. */
  readonly may: readonly string[]
  /** Bounds on counts: acked, lost, duplicated, unavailableUs, … */
  readonly counts: Readonly<Record<string, Comparison>>
}

/**
 * A pin fixes one named draw: a legal delay chosen so that the order of a recorded race comes out. It never writes
 * state. Keyed `stream#index`; the value is the draw, in [0, 1).
 */
export type Pins = Readonly<Record<string, number>>

/** A question of a chapter, to be answered before the run goes on. */
export interface PlanQuestion {
  readonly question: string
  readonly options: readonly string[]
  /** Index of the right option for the version of this plan. */
  readonly answer: number
  /** Holds at the next chapter (of the last: at the end of the run) when the answer is right; null: not checked. */
  readonly check: Condition | null
  /** Why the answer is what it is; told afterwards. */
  readonly why: string
}

/** A sentence of a lesson, told at the first event (not before the chapter before it) at which `until` holds. */
export interface PlanChapter {
  readonly title: string
  readonly say: string
  readonly until: Condition
  /** What is shown bright: `broker 1`, `t-0`, a client; empty: everything. */
  readonly focus: readonly string[]
  /** What is pointed at: `high-watermark broker 2`, `log broker 1`, `isr`, `leader`. */
  readonly mark: readonly string[]
  /** For the teacher; may be empty. */
  readonly notes: string
  readonly ask: PlanQuestion | null
  readonly source: string | null
}

export interface Limits {
  readonly events: number
  readonly records: number
}

export interface Plan {
  readonly version: 1
  readonly title: string
  readonly story: string
  /** Name of the scenario or recording, for the command that repeats the run. */
  readonly source: string | null
  /** Generation name and its resolved switches. */
  readonly kafka: string
  readonly mechanisms: Mechanisms
  readonly seed: string
  readonly brokers: readonly PlanBroker[]
  /** Longest session it grants, in ms; absent: 20 ticks, as ZooKeeper does. */
  readonly registry: { readonly tickMs: number; readonly maxSessionTimeoutMs?: number }
  /** KRaft: the controllers, ascending by id; absent with a registry. */
  readonly controllers?: readonly PlanController[]
  /** KRaft: what controllers are set to; absent: what every broker is. */
  readonly controllerSettings?: Settings
  readonly topics: readonly PlanTopic[]
  /** When the topics are created, in us. */
  readonly topicsAtUs: number
  readonly network: { readonly latency: Latency; readonly links: readonly LinkRule[] }
  readonly clients: readonly PlanClient[]
  readonly steps: readonly PlanStep[]
  /** Steps and workload happen before this; then the run settles. */
  readonly runUs: number
  /** Longest quiet-down time after `runUs` before `finally` properties are judged. */
  readonly settleUs: number
  /** The run ends with its last step (recordings), or at `runUs`. */
  readonly endsWithSteps: boolean
  /**
   * Whether the end of the run heals and restarts everything before it settles. A broker that exits by itself after that
   * is started again, a few times.
   */
  readonly healAtEnd: boolean
  readonly expect: Expectation
  /** What is told along the run; changes nothing in it. Absent: no lesson. */
  readonly chapters?: readonly PlanChapter[]
  readonly pins: Pins
  /** Planted bugs, by which checkers are checked; absent: none. */
  readonly mutants?: readonly MutantName[]
  readonly limits: Limits
}
