/** Switches that show in one answer of a machine and in no story: what the machine answers, with switches put otherwise. */
import type { TransactionalId } from '../../../src/broker/coordinator/transactions/transaction.ts'
import { onJoin } from '../../../src/client/consumer/group/join.ts'
import { newMembership, presentGeneration } from '../../../src/client/consumer/group/membership.ts'
import type { ConsumerConfig, ConsumerVolatile } from '../../../src/client/consumer/state.ts'
import type { ClientContext } from '../../../src/client/links.ts'
import type { Mechanisms } from '../../../src/kafka/generation/mechanisms.ts'
import { generationNamed } from '../../../src/kafka/generation/table.ts'
import type { JoinGroupResponse } from '../../../src/kafka/messages/coordinator.ts'
import { T0, TestBroker } from '../../broker/broker-harness.ts'
import { Coordinator, TRANSACTIONS } from '../../broker/group/group-harness.ts'
import { VerifyingLeader } from '../../broker/verification-harness.ts'
import { LEADING, Transactional } from '../../client/transactional.ts'

type Flipped = Partial<Mechanisms>

const flip = (broker: TestBroker, flipped: Flipped): void => {
  Object.assign(broker.config, { mechanisms: { ...broker.config.mechanisms, ...flipped } })
}

/** A group whose only member has joined and not yet brought the assignment. */
function completing(kafka: string, flipped: Flipped): { readonly c: Coordinator; readonly memberId: string } {
  const c = new Coordinator(kafka)
  flip(c.broker, flipped)
  return { c, memberId: c.joined(c.joinAndWait('a')).memberId }
}

/** A transactional id without an open transaction. */
const ENDED: TransactionalId = {
  transactionalId: 'shop',
  metadata: {
    producerId: 7,
    producerEpoch: 0,
    lastProducerEpoch: -1,
    timeoutMs: 60_000,
    status: 'CompleteAbort',
    partitions: [],
    startMs: -1,
    lastUpdateMs: 0,
    nextProducerId: -1,
    bumpsEpoch: false,
  },
  pending: null,
  hasFailedEpochFence: false,
  unmarked: null,
}

/** What a member makes of it that its new id could not be written to the log of its group. */
export function afterUnwrittenJoin(kafka: string, flipped: Flipped): readonly string[] | null {
  const group = { ...newMembership('g', 'i', 0), state: 'joining' as const, joinOut: true }
  const refused = { type: 'JoinGroupResponse', correlationId: 1, error: 'REBALANCE_IN_PROGRESS' } as JoinGroupResponse
  const config = { settings: {}, mechanisms: { ...generationNamed(kafka)!.mechanisms, ...flipped } } as ConsumerConfig
  onJoin({} as ConsumerVolatile, group, presentGeneration(group), refused, config, { nowUs: 0 } as ClientContext)
  return group.failed
}

export interface ByHand {
  readonly kafka: string
  readonly flipped: Flipped
  /** Why no story shows it. */
  readonly because: string
  readonly answer: (kafka: string, flipped: Flipped) => unknown
}

export const BY_HAND: readonly ByHand[] = [
  {
    kafka: '3.3',
    flipped: { refusedSendFailsTransaction: false },
    because: 'applications here look at the result of every send',
    answer: (kafka, flipped) => {
      const p = new Transactional(kafka, flipped)
      p.refuseOne()
      return p.state.volatile!.transactions!.status
    },
  },
  {
    kafka: '2.4',
    flipped: { offsetsAwaitCoordinator: false },
    because: 'a coordinator that reads its log is met for some milliseconds after a fail-over only',
    answer: (kafka, flipped) => {
      const p = new Transactional(kafka, flipped)
      p.asks(...LEADING.TxnOffsetCommitRequest)
      return p.reactionTo('TxnOffsetCommitRequest', 'COORDINATOR_LOAD_IN_PROGRESS')
    },
  },
  {
    kafka: '2.7',
    flipped: { oldEpochOfOffsetsFences: true },
    because: 'applications here end alike whichever of the two is thrown',
    answer: (kafka, flipped) => {
      const p = new Transactional(kafka, flipped)
      p.asks(...LEADING.TxnOffsetCommitRequest)
      p.reactionTo('TxnOffsetCommitRequest', 'INVALID_PRODUCER_EPOCH')
      return [...p.state.volatile!.transactions!.lastError!]
    },
  },
  {
    kafka: '2.8',
    flipped: { joinToldRebalance: false },
    because:
      'followers would have to be slow for as long as the coordinator waits, and quick enough to keep their place',
    answer: (kafka, flipped) => afterUnwrittenJoin(kafka, flipped),
  },
  {
    kafka: '2.6',
    flipped: { stopReplicaEpoch: false },
    because:
      'requests of a controller come in order, and those of another are refused by its epoch: KIP-570 is about threads',
    answer: (kafka, flipped) => {
      const broker = new TestBroker(kafka).up().role({ leaderEpoch: 3 })
      flip(broker, flipped)
      broker.receive('controller-3', {
        type: 'StopReplicaRequest',
        correlationId: 9,
        controllerId: 3,
        controllerEpoch: 1,
        brokerEpoch: -1,
        partitions: { [T0]: { leaderEpoch: 3, delete: true } },
      })
      return broker.replies.at(-1)?.message
    },
  },
  {
    kafka: '1.1',
    flipped: { completingRebalanceCalled: 'AwaitingSync' },
    because: 'it is a word for whoever describes the group',
    answer: (kafka, flipped) => {
      const { c } = completing(kafka, flipped)
      return c.answer(c.ask({ type: 'DescribeGroupsRequest', groups: ['g'] }))
    },
  },
  {
    kafka: '2.6',
    flipped: { heartbeatWhileCompleting: false },
    because: 'a member sends no heartbeat before it has its assignment',
    answer: (kafka, flipped) => {
      const { c, memberId } = completing(kafka, flipped)
      return c.heartbeat(memberId, 1)
    },
  },
  {
    kafka: '3.3',
    flipped: { joinSkipsAssignment: false },
    because: 'a static leader that comes back gets the same partitions either way',
    answer: (kafka, flipped) => {
      const c = new Coordinator(kafka)
      flip(c.broker, flipped)
      c.stable('a', { instanceId: 'i' })
      const again = c.join('a', { instanceId: 'i', skipsAssignment: true })
      c.broker.wait(1)
      const { leader, memberId, skipAssignment } = c.joined(again)
      return { leads: leader === memberId, skipAssignment }
    },
  },
  {
    kafka: '3.9',
    flipped: { unverifiedTransactionAbortable: false },
    because: 'a producer sends nothing before its partition is in the transaction',
    answer: (kafka, flipped) => {
      const c = new Coordinator(kafka, { 'transaction.state.log.num.partitions': 1 })
      flip(c.broker, flipped)
      c.lead(0, 1, TRANSACTIONS)
      c.broker.wait(20)
      c.broker.state.volatile!.coordination!.partitions[TRANSACTIONS]!.transactions = { shop: ENDED }
      return c.answer(
        c.ask({
          type: 'AddPartitionsToTxnRequest',
          transactionalId: 'shop',
          producerId: 7,
          producerEpoch: 0,
          partitions: ['t-0'],
          verifyOnly: true,
        }),
      )
    },
  },
  {
    kafka: '3.7',
    flipped: { lostVerificationTold: 'network-exception' },
    because: 'a producer tries again after either error',
    answer: (kafka, flipped) => {
      const leader = new VerifyingLeader(kafka, flipped)
      const batch = leader.send(0)
      leader.coordinatorIsLost()
      return leader.errorOf(batch)
    },
  },
  {
    kafka: '3.9',
    flipped: { transactionsBeginAtZero: true },
    because: 'a producer begins every transaction at sequence 0, unless what it sent first has expired',
    answer: (kafka, flipped) => {
      const leader = new VerifyingLeader(kafka, flipped)
      const batch = leader.send(2)
      leader.coordinatorSays(0, 'NONE')
      return leader.errorOf(batch)
    },
  },
]
