/** Words of the switches about the high watermark and about what readers are told of it. */
import { inArea, yesNo } from './words.ts'

export const HIGH_WATERMARK = inArea('high watermark', {
  highWatermarkOver: {
    meaning: 'Whose log ends the leader takes the least of.',
    values: {
      isr: 'those of the ISR',
      'isr-and-caught-up': 'those of the ISR and of every replica that is caught up',
      'maximal-isr-and-caught-up':
        'those of the ISR, of members it has asked for, and of every replica that is caught up',
      'maximal-isr-and-eligible':
        'those of the ISR, of members it has asked for, and of caught-up replicas that may join',
    },
  },
  highWatermarkFrozenBelowMinIsr: {
    meaning: 'Whether the high watermark stands still while the ISR is smaller than min.insync.replicas (KAFKA-15583).',
    values: yesNo('it does', 'it moves on'),
  },
  followerPositionTaken: {
    meaning: 'When a leader takes the position of a follower that fetches.',
    values: {
      'before-read': 'before it reads: the answer carries the new high watermark',
      'after-read': 'after it has read: the answer carries the older one, so followers learn it one fetch later',
    },
  },
  highWatermarkWakesFollowers: {
    meaning: 'Whether a parked fetch of a follower is answered when the high watermark moves (KIP-392).',
    values: yesNo('it is', 'it waits for records or for its time'),
  },
  readReplicas: {
    meaning: 'To which replicas a leader may send a consumer that stands in another rack (KIP-392).',
    values: {
      none: 'to none: only leaders serve consumers',
      'with-the-offset': 'to any in its rack that has the offset, in the ISR or not',
      'in-sync': 'to one in its rack that has the offset and is in the ISR',
    },
  },
  readReplicaToldAtOnce: {
    meaning: 'When a consumer is told to read from another replica.',
    values: yesNo('at once', 'when its fetch has waited for its time'),
  },
  followersWakeReaders: {
    meaning: 'Whether consumers that wait at a follower are answered when its high watermark moves.',
    values: yesNo('they are', 'they wait for their time to be up'),
  },
  consumerFetchAboveHighWatermark: {
    meaning: 'What a consumer is told between the high watermark and the log end.',
    values: { error: 'that its offset is out of range', empty: 'nothing: it waits' },
  },
  unmovedFetchKeepsHighWatermark: {
    meaning: 'Whether a fetch that does not move the follower can move the leader’s high watermark.',
    values: yesNo('it cannot', 'it can: each fetch looks again who is still caught up'),
  },
  offsetNotAvailable: {
    meaning: 'What a new leader says about the last offset before it knows its high watermark (KAFKA-2334).',
    values: yesNo('OFFSET_NOT_AVAILABLE', 'an offset that can go back'),
  },
  isrConfirmationMovesHighWatermark: {
    meaning: 'Whether an ISR that the controller confirms can move the high watermark at once (KAFKA-13091).',
    values: yesNo('it can', 'the next fetch moves it'),
  },
  sameLeaderKeepsFollowerState: {
    meaning: 'What a leader that is elected again does with the log ends it knows of its followers.',
    values: yesNo('keeps them', 'forgets them until they fetch'),
  },
})
