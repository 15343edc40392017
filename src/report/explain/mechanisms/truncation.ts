/** Words of the switches about how a follower brings its log in line with its leader's: truncation, the leader-epoch cache, fencing. */
import { inArea, yesNo } from './words.ts'

export const TRUNCATION = inArea('truncation', {
  truncation: {
    meaning: 'To what a broker cuts its log before it follows a new leader.',
    values: {
      'high-watermark':
        'to its own high watermark, which is behind the truth: acknowledged records can be lost and logs can part',
      'kip-101': 'to the end of its last epoch as the leader knows it, asked once',
      'kip-279': 'to the end of the largest epoch both have, asked as often as it takes (also after a fast fail-over)',
      'kip-320': 'as with KIP-279, and the leader refuses a question of another epoch',
      'on-fetch': 'the leader says in its answer to a fetch where the logs part; nobody asks beforehand',
    },
  },
  sameLeaderNewEpoch: {
    meaning: 'What a follower does when it is told a higher epoch of the leader it already follows.',
    values: {
      truncate: 'truncates again',
      skip: 'nothing: an epoch of another leader in between goes unnoticed (KAFKA-7164)',
      'skip-unless-epoch-jumped': 'nothing, unless the epoch rose by more than one',
      'restart-fetcher': 'starts its fetcher anew under the new epoch',
    },
  },
  deadLeaderNamed: {
    meaning: 'What a follower does when the leader it is named is not alive.',
    values: {
      ignore: 'leaves everything as it was; its high watermark can vanish from the checkpoint',
      'create-replica':
        'creates the replica all the same, so that its high watermark stays in the checkpoint (KAFKA-1647)',
    },
  },
  epochCache: {
    meaning: 'How the list of leader epochs and their first offsets is kept.',
    values: {
      none: 'there is none',
      'ignore-older': 'an entry that is not newer is ignored',
      'remove-conflicting': 'entries that contradict the new one are removed first (KAFKA-7415)',
      'remove-conflicting-checked': 'as before, and an offset below zero is refused',
    },
  },
  epochEntryAtElection: {
    meaning: 'When a leader enters its epoch into its epoch cache.',
    values: yesNo(
      'when it is elected (KAFKA-7415)',
      'with its first append: a leader that wrote nothing leaves no trace',
    ),
  },
  epochBelowFirst: {
    meaning: 'What a leader answers about an epoch below the first one it knows.',
    values: { undefined: 'that it does not know', 'first-start': 'the start of the first epoch it knows' },
  },
  epochBothEmpty: {
    meaning: 'What two empty epoch caches agree on.',
    values: { 'log-end': 'the end of the log', undefined: 'nothing' },
  },
  initialFetchOffset: {
    meaning: 'Where a follower that must still truncate starts from.',
    values: { 'log-end': 'the end of its log', 'high-watermark': 'its high watermark' },
  },
  leaderEpochFencing: {
    meaning: 'Whether fetches, questions about epochs and offsets are checked against the leader epoch (KIP-320).',
    values: yesNo('they are: a request of another epoch is refused', 'they are not: a zombie is believed'),
  },
  fencedRetry: {
    meaning: 'What a follower does whose fetch was fenced.',
    values: yesNo('tries again when its epoch has moved meanwhile', 'leaves the partition until it is given a role'),
  },
  leaderAnswersDiverging: {
    meaning: 'Whether a leader says in the answer to a fetch where the logs part.',
    values: yesNo('it does', 'it does not: the follower asks beforehand'),
  },
  divergingFetchUpdatesFollower: {
    meaning: 'Whether a fetch that is refused or diverges moves what the leader knows of the follower (KAFKA-13141).',
    values: yesNo('it does', 'it does not'),
  },
  divergingAnswerMovesHighWatermark: {
    meaning: 'Whether a follower takes the high watermark of an answer that says that its log diverges (KAFKA-14704).',
    values: yesNo('it does, over records that it then cuts', 'it does not'),
  },
  followerAheadOfLeader: {
    meaning: 'What a follower does whose log is longer than its leader’s, with unclean election off.',
    values: {
      truncate: 'cuts its log',
      halt: 'ends its process rather than lose records',
      hang: 'tries to end its process and hangs in its own shutdown, still registered',
    },
  },
  outOfRangeReset: {
    meaning: 'What a follower does whose offset is too old for its leader.',
    values: {
      wipe: 'drops its whole log',
      'keep-if-covered': 'keeps what the leader still covers (KAFKA-2143)',
    },
  },
  fetchError: {
    meaning: 'What an append that does not fit does to a follower.',
    values: {
      'kill-fetcher': 'the whole thread dies, and with it every partition it follows',
      'mark-failed': 'only that partition is left alone (KIP-461)',
    },
  },
  truncationLowersHighWatermark: {
    meaning: 'Whether cutting the log brings a high watermark above its end down too.',
    values: yesNo('it does', 'it does not: the high watermark can stand above the log end'),
  },
  noOpTruncationKeepsEpochs: {
    meaning: 'What a truncation that cuts nothing does to the epoch cache.',
    values: yesNo('leaves it alone, also an entry at the log end', 'trims it'),
  },
  truncationDecisionLogged: {
    meaning: 'Whether a broker says what it has decided before it truncates.',
    values: yesNo('it does', 'it does not'),
  },
  fetchAnswerBoundToEpoch: {
    meaning:
      'What becomes of the answer to a fetch that comes once the same leader has been named again, at a higher epoch (KAFKA-18723).',
    values: yesNo(
      'it is dropped, and the offset is asked for again (3.9.1)',
      'it is taken if the follower still wants that offset',
    ),
  },
  failedFetchBacksOffOnce: {
    meaning: 'How long a follower waits after a failed fetch.',
    values: yesNo('its back-off once', 'twice: asleep, and then with every partition delayed'),
  },
  highWatermarkAtLeastLogStart: {
    meaning: 'Whether the high watermark follows the log start (KAFKA-9491).',
    values: yesNo('it does', 'it can stay below the log start'),
  },
})
