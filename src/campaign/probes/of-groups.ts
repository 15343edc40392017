/** Probes of consumer groups: their coordinators, their members, and what members commit. */
import { defaultIn, settingNamed } from '../../kafka/config.ts'
import type { Probe } from './probe.ts'
import { never, RARE, SELDOM, SOMETIMES, where } from './probe.ts'

const OF_KIP_848 = where(({ consumerGroupProtocol }) => consumerGroupProtocol, 'KIP-848 came with 4.0')

const knows = (key: string, otherwise: string) =>
  where((_, { name }) => defaultIn(settingNamed(key, 'consumer')!, name) !== null, otherwise)

const STATIC = knows('group.instance.id', 'static members came with 2.3 (KIP-345)')
const POLLS_IN_TIME = knows('max.poll.interval.ms', 'polls have a limit from 0.10.1 on (KIP-62)')

const OF_0_8 = never('consumers of 0.8, which keep groups in ZooKeeper, are in no campaign')

const PROBES: readonly Omit<Probe, 'needs'>[] = [
  { name: 'a claim collides with the owner node of another consumer', excuse: OF_0_8 },
  { name: 'a record that was handed off goes on', excuse: never('applications of a campaign process by themselves') },
  { name: 'commit failed with CommitFailedException', from: SOMETIMES },
  { name: 'commit failed with RetriableCommitFailedException', from: SELDOM },
  {
    name: 'committed offset expired',
    excuse: never('offsets are kept for offsets.retention.minutes, and no campaign lasts a day'),
  },
  { name: 'consumer-group-join', excuse: OF_KIP_848 },
  {
    name: 'cooperative member joins again after it gave partitions back',
    excuse: where(({ lostPartitionsTold }) => lostPartitionsTold, 'cooperative rebalances came with 2.4 (KIP-429)'),
    from: SOMETIMES,
  },
  { name: 'coordinator of __consumer_offsets resigned', from: SOMETIMES },
  { name: 'group of KIP-848 is Assigning', excuse: OF_KIP_848, from: SOMETIMES },
  { name: 'group of KIP-848 is Empty', excuse: OF_KIP_848, from: SELDOM },
  { name: 'group of KIP-848 is Reconciling', excuse: OF_KIP_848 },
  { name: 'group of KIP-848 is Stable', excuse: OF_KIP_848 },
  { name: 'join answered after the generation was reset', from: RARE },
  { name: 'member has not heard its coordinator for a session', from: SOMETIMES },
  { name: 'member is fenced and joins again', excuse: OF_KIP_848, from: SOMETIMES },
  { name: 'member leaves because its application does not poll', excuse: POLLS_IN_TIME, from: SOMETIMES },
  {
    name: 'member lost its partitions',
    excuse: where(({ lostPartitionsTold }) => lostPartitionsTold, 'lost partitions are told from 2.4 on (KIP-429)'),
    from: SOMETIMES,
  },
  { name: 'member removed: it did not give partitions back in time', excuse: OF_KIP_848, from: RARE },
  { name: 'member removed: it did not join in time', from: SELDOM },
  {
    name: 'member removed: it did not sync in time',
    excuse: where(({ unsyncedMembersRemoved }) => unsyncedMembersRemoved, 'who never syncs is removed from 2.8 on'),
    from: RARE,
  },
  { name: 'member removed: it left', from: SOMETIMES },
  { name: 'member removed: its session ran out', from: SOMETIMES },
  { name: 'new coordinator of __consumer_offsets' },
  { name: 'poll threw at the application', from: SELDOM },
  { name: 'rebalance goes on because nobody joined', from: RARE },
  { name: 'request to the coordinator timed out', from: SOMETIMES },
  { name: 'static member came back under another member id', excuse: STATIC, from: SOMETIMES },
  { name: 'the record of an empty group could not be written', from: SELDOM },
]

export const PROBES_OF_GROUPS: readonly Probe[] = PROBES.map((probe) => ({ ...probe, needs: 'groups' }))
