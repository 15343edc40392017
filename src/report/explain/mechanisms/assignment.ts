/** Words of the switches about how partitions are divided among the members of a group. */
import { inArea, yesNo } from './words.ts'

export const ASSIGNMENT = inArea('clients', {
  assignorsSortByInstanceId: {
    meaning: 'In which order assignors serve the members of a group (KIP-345).',
    values: yesNo('static members first, by instance id, then the others by member id', 'all by member id'),
  },
  assignorMapsComputeIfAbsent: {
    meaning:
      'Where a new topic comes to stand in the hash maps of assignors, which decides the order of an assignment.',
    values: yesNo('before the others of its bucket', 'after them'),
  },
  rangeWalksPartitions: {
    meaning: 'Whether assignors look at racks, and in which order the range assignor goes through topics.',
    values: yesNo(
      'racks count, and topics go by its map of partitions (KIP-881)',
      'racks do not count, and topics go by its map of members',
    ),
  },
  consumerGroupProtocol: {
    meaning: 'Whether there is the group protocol in which the coordinator assigns partitions (KIP-848).',
    values: yesNo('there is', 'there is not: members assign among themselves'),
  },
  groupEpochHashesTopics: {
    meaning: 'Where a group of KIP-848 keeps how many partitions its topics have (KAFKA-17747).',
    values: yesNo('as a hash in the record of its epoch', 'in a record of its own'),
  },
  stickyAssignor: {
    meaning: 'How the sticky assignors divide partitions among the members of a group.',
    values: {
      'kip-54': 'everybody keeps what it claims, the emptiest get the rest, then single partitions are moved',
      'kip-341': 'the same, with claims told apart by their generation (KIP-341)',
      'free-first': 'the same, and what nobody owned is moved before what is owned',
      'fill-to-quota': 'each member is filled up to a quota when all subscribe to the same topics (KAFKA-9987)',
      'count-to-quota': 'the same, and who may have one more is counted from the beginning (KAFKA-12675)',
      'count-sorted-to-quota': 'the same, and of what it owns a member keeps the lowest partitions (KAFKA-16277)',
    },
  },
  stickyClaims: {
    meaning: 'Which claims of members to partitions the sticky assignors believe.',
    values: {
      'newest-generation': 'those of the newest generation, also two for one partition',
      'newest-generation-unique': 'those of the newest generation, if only one member makes them (KAFKA-12984)',
      'newest-claim': 'the newest one for each partition (KAFKA-14639)',
    },
  },
  cooperativeClaimsCarryGeneration: {
    meaning: 'Whether a cooperative member says in which generation it got what it owns (KAFKA-12984).',
    values: yesNo('it does', 'it does not: one that lost its place still claims what it had'),
  },
  claimsInFetchOrder: {
    meaning: 'In which order a member says what it owns, which decides what a sticky assignor takes from it.',
    values: yesNo('as it fetches: what it took records of last stands last', 'sorted'),
  },
})
