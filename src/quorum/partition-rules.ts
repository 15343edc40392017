/** The rules a partition is changed by: its topic's settings and the switches of the generation. */
import { topicSetting } from '../kafka/config.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { splitTopicPartition } from '../kafka/ids.ts'
import { isActiveBroker } from '../kafka/metadata-log.ts'
import { own } from '../kernel/own.ts'
import type { ChangeRules } from './partition-change.ts'
import { type Given, imageOf } from './state.ts'

/** The feature level where the generation has one (4.0), else its switch. */
export function isElrOn({ config }: Pick<Given, 'config'>): boolean {
  const level = config.settings['eligible.leader.replicas.version']
  return typeof level === 'number' ? level > 0 : config.mechanisms.eligibleLeaderReplicas
}

const settingOf = ({ state, config }: Given, topic: string, key: string): unknown =>
  topicSetting(config.settings, own(imageOf(state).topics, topic), key)

/** unclean.leader.election.enable of a topic. 3.5 leaves it to administrators (recorded). */
export const isUncleanOn = (given: Given, topic: string): boolean =>
  given.config.mechanisms.uncleanElectionInKraft && settingOf(given, topic, 'unclean.leader.election.enable') === true

export function rulesFor(
  given: Given,
  partition: TopicPartition,
  isAcceptableLeader: (id: BrokerId) => boolean = (id) => isActiveBroker(imageOf(given.state), id),
): ChangeRules {
  const { topic } = splitTopicPartition(partition)
  const least = settingOf(given, topic, 'min.insync.replicas')
  const replicas = imageOf(given.state).partitions[partition]?.replicas.length ?? 1
  const { shrinkBumpsLeaderEpoch, reassignmentWaitsFor } = given.config.mechanisms
  return {
    elr: isElrOn(given),
    minIsr: Math.min(typeof least === 'number' ? least : 1, replicas),
    shrinkBumpsLeaderEpoch: shrinkBumpsLeaderEpoch === 'every',
    reassignmentWaitsFor,
    isAcceptableLeader,
  }
}
