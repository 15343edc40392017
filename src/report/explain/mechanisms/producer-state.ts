/** Words of the switches about what a log remembers of its producers. */
import { inArea, yesNo } from './words.ts'

export const PRODUCER_STATE = inArea('log', {
  producerBatchesKept: {
    meaning: 'How many batches of an idempotent producer a log remembers to find duplicates among.',
    values: { 1: 'the last one (0.11)', 5: 'the last five (1.0), as many as a producer may have in flight' },
  },
  unknownProducer: {
    meaning: 'A batch that does not begin at sequence 0, of a producer that the log knows nothing of.',
    values: {
      'out-of-order': 'refused as out of order (0.11)',
      'unknown-producer-id': 'refused with an error of its own (1.0)',
      accept: 'taken (KIP-360, 2.5)',
    },
  },
  sequenceAfterMarker: {
    meaning: 'A batch that does not begin at sequence 0, where only a marker of its epoch was seen.',
    values: {
      'out-of-order': 'refused as out of order',
      'unknown-producer-id': 'refused as of an unknown producer (2.0 to 2.4)',
    },
  },
  emptyTransactions: {
    meaning: 'What a marker is that ends no transaction.',
    values: yesNo('a transaction of its own, open until it is replicated (to 2.7)', 'nothing'),
  },
  stableOffsetAfterTruncation: {
    meaning: 'What a log that was cut gives for its last stable offset.',
    values: {
      'read-again':
        'what transactions that it has read again hold back, ended and replicated ones too, until the high watermark moves',
      'by-high-watermark': 'what transactions hold back that are open, or end above the high watermark',
      kept: 'what it was, until the next append; from then on as if every transaction that it has read again was not replicated, until the high watermark moves',
    },
  },
  stableOffsetAtBatch: {
    meaning: 'The last stable offset where the log starts inside a batch of an open transaction.',
    values: yesNo('where that batch begins, below the start of the log', 'the start of the log'),
  },
  producersForgotten: {
    meaning: 'When a log forgets a producer.',
    values: {
      'with-last-record': 'when the log start passes its last record (0.11)',
      'with-last-data': 'when the log start passes its last data (1.0)',
      'by-time': 'when it has written nothing for long (KAFKA-7190, 2.4)',
    },
  },
})
