/** Words of the switches about who is in the ISR, and who writes it down. */
import { inArea, yesNo } from './words.ts'

export const ISR = inArea('ISR', {
  isrLag: {
    meaning: 'When a follower counts as lagging.',
    values: {
      'messages-or-stuck': 'too many records behind, or no fetch for the limit',
      'messages-or-time': 'too many records behind, or not caught up for the limit',
      'exactly-caught-up': 'not at the leader’s log end for the limit (KIP-16)',
      'caught-up': 'has not read up to where the leader’s log ended at its last fetch, for the limit (KAFKA-4485)',
      'caught-up-or-equal': 'as before, and never while its log ends where the leader’s does',
    },
  },
  isrCheckEvery: {
    meaning: 'How often leaders look for lagging followers.',
    values: { limit: 'once a replica.lag.time.max.ms', 'half-limit': 'twice a replica.lag.time.max.ms' },
  },
  isrAdmission: {
    meaning: 'How far a follower must have come to join the ISR.',
    values: {
      'high-watermark': 'to the leader’s high watermark, which a fresh leader does not know yet (KAFKA-7128)',
      'high-watermark-and-epoch-start': 'to the high watermark and to the start of the leader’s epoch',
    },
  },
  isrJoinMustBeAssigned: {
    meaning: 'Whether a replica that is not assigned can join the ISR (KAFKA-1097).',
    values: yesNo('it cannot', 'it can'),
  },
  isrPersistence: {
    meaning: 'Who writes the ISR.',
    values: {
      registry: 'the leader, with a compare-and-set on the registry',
      controller: 'the controller, on the leader’s request (KIP-497)',
    },
  },
  isrWriteBlocks: {
    meaning: 'What waits while a leader writes the ISR to the registry.',
    values: {
      nothing: 'nothing',
      produce: 'produces of that partition',
      'produce-and-fetch': 'produces and fetches of that partition: a silent registry stops replication',
    },
  },
  isrWriteComparesOnRetry: {
    meaning: 'What a leader does whose ISR write is refused after a lost connection (KAFKA-1382).',
    values: yesNo('looks whether its own write had arrived', 'takes it for refused, for ever'),
  },
  isrChangeNotification: {
    meaning: 'Whether leaders tell the controller of ISR changes (KAFKA-1367).',
    values: yesNo('they do, so that clients learn of them', 'they do not'),
  },
  isrEligibility: {
    meaning: 'Who may join the ISR besides being caught up.',
    values: {
      any: 'anyone',
      alive: 'brokers that are alive',
      'alive-epoch': 'brokers that are alive in the life in which they fetched (KIP-903)',
      unfenced: 'brokers that are not fenced or shutting down',
      'unfenced-epoch': 'brokers that are not fenced, in the life in which they fetched (KIP-903)',
    },
  },
})
