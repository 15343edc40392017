/** A broker that coordinates the one partition of the offsets topic by itself, and members that speak to it. */

import type { GroupState } from '../../../src/broker/coordinator/group/state.ts'
import { defaultIn, type Settings, settingNamed } from '../../../src/kafka/config.ts'
import { type GroupRecord, parseGroupValue, parseOffsetsKey } from '../../../src/kafka/group-records.ts'
import type { JoinGroupResponse, SyncGroupResponse } from '../../../src/kafka/messages/coordinator.ts'
import type { KafkaMessage } from '../../../src/kafka/messages/message.ts'
import { TestBroker } from '../broker-harness.ts'

export const OFFSETS = '__consumer_offsets-0'
export const TRANSACTIONS = '__transaction_state-0'

let correlationId = 5000

export interface JoinOptions {
  readonly memberId?: string
  readonly instanceId?: string
  readonly topics?: readonly string[]
  readonly known?: boolean
  readonly skipsAssignment?: boolean
}

export class Coordinator {
  readonly broker: TestBroker
  #draws = 0

  constructor(generation: string, settings: Settings = {}) {
    const setting = settingNamed('group.initial.rebalance.delay.ms', 'broker')!
    const delay = defaultIn(setting, generation) === null ? {} : { 'group.initial.rebalance.delay.ms': 0 }
    this.broker = new TestBroker(generation, {
      'offsets.topic.num.partitions': 1,
      'offsets.topic.replication.factor': 1,
      'group.min.session.timeout.ms': 1000,
      ...delay,
      ...settings,
    }).up()
    this.lead(0)
    this.broker.wait(20)
    this.broker.draw = 0.5
  }

  /** The controller makes it leader (or, of another, follower) of the offsets partition, or of another one. */
  lead(leaderEpoch: number, leader = 1, partition = OFFSETS): void {
    const told = { controllerEpoch: 1, leader, leaderEpoch, isr: [leader], partitionEpoch: 0, replicas: [1, 2] }
    this.broker.receive('controller-3', {
      type: 'LeaderAndIsrRequest',
      correlationId: ++correlationId,
      controllerId: 3,
      controllerEpoch: 1,
      brokerEpoch: -1,
      partitions: { [partition]: { ...told, isNew: false, topicSettings: {} } },
      liveLeaders: [leader],
    })
  }

  ask(message: Record<string, unknown>): string {
    const connection = `k${++correlationId}`
    this.broker.receive('consumer-c', { correlationId, ...message } as unknown as KafkaMessage, connection)
    return connection
  }

  answer(connection: string): KafkaMessage | undefined {
    return this.broker.replies.find((each) => each.connection === connection)?.message
  }

  join(clientId: string, options: JoinOptions = {}): string {
    this.#draws += 1
    this.broker.draw = this.#draws / 100
    const subscription = { topics: options.topics ?? ['t'], owned: [], generation: -1, rack: null }
    return this.ask({
      type: 'JoinGroupRequest',
      clientId,
      group: 'g',
      memberId: options.memberId ?? '',
      instanceId: options.instanceId ?? null,
      sessionTimeoutMs: 3000,
      rebalanceTimeoutMs: 5000,
      protocolType: 'consumer',
      protocols: [{ name: 'range', subscription }],
      requireKnownMemberId: options.known === true,
      supportsSkippingAssignment: options.skipsAssignment === true,
    })
  }

  joined(connection: string): JoinGroupResponse {
    return this.answer(connection) as JoinGroupResponse
  }

  sync(memberId: string, generation: number, assignments: Record<string, readonly string[]> = {}): string {
    return this.ask({ type: 'SyncGroupRequest', group: 'g', generation, memberId, instanceId: null, assignments })
  }

  synced(connection: string): SyncGroupResponse {
    return this.answer(connection) as SyncGroupResponse
  }

  heartbeat(memberId: string, generation: number, instanceId: string | null = null): string {
    return this.errorOf(this.ask({ type: 'HeartbeatRequest', group: 'g', generation, memberId, instanceId }))
  }

  leave(memberId: string): string {
    return this.errorOf(this.ask({ type: 'LeaveGroupRequest', group: 'g', memberId, instanceId: null }))
  }

  commit(memberId: string, generation: number, instanceId: string | null = null): string {
    const offsets = { 't-0': { offset: 5, leaderEpoch: -1, metadata: '' } }
    const connection = this.ask({
      type: 'OffsetCommitRequest',
      group: 'g',
      generation,
      memberId,
      instanceId,
      retentionMs: -1,
      offsets,
    })
    const answer = this.answer(connection)
    return answer?.type === 'OffsetCommitResponse' ? answer.partitions['t-0']! : 'no answer'
  }

  errorOf(connection: string): string {
    const answer = this.answer(connection)
    return answer !== undefined && 'error' in answer ? answer.error : 'no answer'
  }

  get group(): GroupState {
    return this.broker.state.volatile!.coordination!.partitions[OFFSETS]!.groups.g!
  }

  /** Group records in the log, oldest first; null is a tombstone. */
  get written(): (GroupRecord | null)[] {
    const batches = this.broker.state.durable.logs[OFFSETS]?.batches ?? []
    return batches
      .flatMap(({ records }) => records)
      .filter(({ key }) => parseOffsetsKey(key)?.kind === 'group')
      .map(({ value }) => (value === null ? null : parseGroupValue(value)))
  }

  /** One member, alone and stable in generation 1. */
  stable(clientId = 'a', options: JoinOptions = {}): string {
    const { memberId, generation } = this.joined(this.joinAndWait(clientId, options))
    this.sync(memberId, generation, { [memberId]: ['t-0', 't-1'] })
    return memberId
  }

  joinAndWait(clientId: string, options: JoinOptions = {}): string {
    const connection = this.join(clientId, options)
    this.broker.wait(1)
    return connection
  }
}
