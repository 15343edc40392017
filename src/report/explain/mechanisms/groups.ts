/** Words of the switches about how a coordinator leads a group through a rebalance. */
import { inArea, yesNo } from './words.ts'

export const GROUPS = inArea('coordinators', {
  emptyGroupsKept: {
    meaning: 'What becomes of a group whose last member has gone (KAFKA-2720).',
    values: yesNo('it is Empty, and its log says so', 'it is forgotten, and a tombstone is written for it'),
  },
  completingRebalanceCalled: {
    meaning: "What DescribeGroups calls a group that waits for its leader's assignment.",
    values: { AwaitingSync: 'AwaitingSync', CompletingRebalance: 'CompletingRebalance' },
  },
  heartbeatWhileCompleting: {
    meaning: "What a member is told by a heartbeat while the group waits for its leader's assignment.",
    values: yesNo('that all is well', 'that it must join again'),
  },
  staticRejoinWhileCompleting: {
    meaning:
      "What happens when a static member comes back while the group waits for its leader's assignment (KAFKA-9801).",
    values: {
      join: 'it has its place, and gets nothing, because the assignment names its old id',
      rebalance: 'the group begins again',
    },
  },
  staticReplacementStored: {
    meaning: 'Whether the new member id of a static member that came back is written to the log (KAFKA-10284).',
    values: yesNo('it is', 'it is not: after a change of coordinator the old id counts, and the new one is fenced'),
  },
  joinSkipsAssignment: {
    meaning: 'What a static leader that comes back is told (KIP-814).',
    values: yesNo('that it leads, and has nothing to divide', 'that its former id leads, so that it does not divide'),
  },
  unsyncedMembersRemoved: {
    meaning: 'Whether members that joined a generation and never ask for their assignment are removed.',
    values: yesNo('they are, after the rebalance time-out', 'only when their session runs out'),
  },
})
