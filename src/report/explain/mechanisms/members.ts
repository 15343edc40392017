/** Words of the switches about how a consumer lives as a member of a group. */
import { inArea, yesNo } from './words.ts'

export const MEMBERS = inArea('clients', {
  backgroundHeartbeat: {
    meaning: 'Where the heartbeats of a group member come from (KIP-62).',
    values: yesNo(
      'from a thread of their own, which leaves the group when the application does not poll for max.poll.interval.ms',
      'from poll: an application that is slow to come back is thrown out',
    ),
  },
  newMembersAskForId: {
    meaning: 'How a new member joins (KIP-394).',
    values: yesNo('it is given an id first, and joins with it', 'it joins, and is told its id with the generation'),
  },
  lostPartitionsTold: {
    meaning: 'What an application is told of partitions that went with its membership (KIP-429).',
    values: yesNo('that they are lost; and at close that they are revoked', 'that they are revoked; at close nothing'),
  },
  commitToldRebalance: {
    meaning: 'What a commit throws that comes between join and sync.',
    values: yesNo('that a rebalance is in progress', 'that it has failed'),
  },
  formerCoordinatorLeft: {
    meaning: 'What becomes of requests to a coordinator that a member takes for one no more (KAFKA-6593).',
    values: yesNo('its connection is closed, and they are asked again', 'they hang there until they time out'),
  },
  sentGenerationRemembered: {
    meaning: 'What a member does that is refused something which it asked in a former generation (KAFKA-9823).',
    values: yesNo(
      'it knows that by now it is another',
      'it gives up the generation that it is in, or the join that is out',
    ),
  },
  fencedMemberRejoins: {
    meaning: 'What becomes of a fenced static member whose application polls on.',
    values: yesNo('it joins again, and fences the one that fenced it', 'it polls without error and without effect'),
  },
  patternRefreshedBeforeJoin: {
    meaning: 'What a member that subscribes by a pattern does before it joins.',
    values: yesNo('asks which topics there are now', 'goes by what it has been told of topics'),
  },
  joinToldRebalance: {
    meaning: 'What a member does whose join could not be written to the log of its group.',
    values: yesNo('joins again', 'throws KafkaException, and joins again when it is polled once more'),
  },
  memberIdKept: {
    meaning: 'What a member does that learns that its generation is old.',
    values: yesNo('joins again under its id', 'joins again as a new member'),
  },
})
