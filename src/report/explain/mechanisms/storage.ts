/** Words of the switches about logs on disk: checkpoints, recovery, indexes, retention, compaction. */
import { inArea, yesNo } from './words.ts'

export const STORAGE = inArea('log', {
  checkpointFsync: {
    meaning: 'Whether the high-watermark checkpoint is forced to disk before it replaces the old one.',
    values: yesNo('it is', 'it is not: a power loss can take it'),
  },
  closeFlushesActiveSegment: {
    meaning: 'What a clean stop flushes of a log that is on the disk already.',
    values: yesNo('its active segment once more (3.2)', 'nothing'),
  },
  recoveryScan: {
    meaning: 'Which segments a start without the marker of a clean stop reads through, checking every batch.',
    values: {
      'last-segment': 'the last one (0.8.0)',
      'from-recovery-point': 'all from the one that holds the recovery point (0.8.1)',
    },
  },
  recoveryPointAfterRecovery: {
    meaning: 'Up to where a broker believes its log to be on disk after it has scanned it.',
    values: {
      unchanged: 'as its file said, even above a log that was cut',
      'log-end': 'to the log end, though nothing was flushed (1.0)',
      'not-above-log-end': 'as its file said, not above the log end (2.8)',
    },
  },
  indexCheck: {
    meaning: 'What a start does about an index file of impossible length or content.',
    values: {
      fatal: 'the broker does not start',
      rebuild: 'it is made anew from the log (0.9)',
      none: 'nothing: it is not looked at (2.3)',
    },
  },
  missingIndexLeftEmpty: {
    meaning: 'What becomes of the index files of an old segment that are missing at a start.',
    values: yesNo('they are made, empty, and stay empty', 'they are made anew from the log'),
  },
  cleanMarkerRemoved: {
    meaning: 'When a start takes the marker of the last clean stop away.',
    values: {
      'after-loading': 'when all logs are loaded: a crash before that leaves it, and the next start scans nothing',
      'before-loading': 'before it loads a log (KAFKA-10471)',
    },
  },
  unreadableRecoveryPoint: {
    meaning: 'What a start does when the file of recovery points cannot be read.',
    values: {
      fatal: 'it ends',
      ignored: 'it scans every segment (0.9)',
      'directory-fails': 'the log directory counts as failed (1.0)',
    },
  },
  logDirFailures: {
    meaning: 'What an error of the disk under a log directory costs.',
    values: yesNo('that directory; the process ends with its last one (KIP-112)', 'the process'),
  },
  metaPropertiesChecked: {
    meaning: 'What a start does when meta.properties names another broker.',
    values: yesNo('it ends', 'nothing'),
  },
  logStartPastEnd: {
    meaning: 'What a start does with a log that ends below the start that its checkpoint names.',
    values: { kept: 'nothing', 'log-emptied': 'the log is emptied and begins there (2.3)' },
  },
  trailingGarbageIsFatal: {
    meaning: 'What garbage behind the last batch does to a start that scans nothing.',
    values: yesNo('the broker does not start', 'it is passed over and stays'),
  },
  tornEntryStopsReaders: {
    meaning: 'What a reader is handed whose offset is the torn last entry of an old segment.',
    values: yesNo('nothing, for ever', 'the records of the next segment'),
  },
  recoverySnapshots: {
    meaning: 'Where an unclean start writes producer snapshots that were lost.',
    values: {
      'where-scan-begins': 'where its scan begins',
      'last-two-segments': 'at the last two segments (2.0)',
    },
  },
  indexEntryOffset: {
    meaning: 'Which offset of an append an entry of the offset index names; the position is where the append begins.',
    values: {
      first: 'its first',
      last: 'its last (2.0)',
      'last-of-batch': 'the last one of a batch, of each on its own (3.9.1)',
    },
  },
  producerSnapshots: {
    meaning: 'Which files with a snapshot of the producers are kept.',
    values: {
      newest: 'those from the second newest segment on that is known to be on disk',
      'per-segment': 'one for every segment (2.8)',
    },
  },
  retentionBegins: {
    meaning: 'When a broker looks for old segments for the first time.',
    values: { minute: 'a minute after its start', 'half-minute': 'half a minute after its start (0.8.1)' },
  },
  negativeRetention: {
    meaning: 'What retention.ms = -1 means.',
    values: { everything: 'every segment is too old, the active one too', never: 'no segment is ever too old (0.9)' },
  },
  retentionStopsAtHighWatermark: {
    meaning: 'Retention leaves segments alone that reach above the high watermark (KAFKA-5634, 0.11.0.1).',
    values: yesNo('it does', 'it does not look at it'),
  },
  deleteRecords: {
    meaning: 'Administrators can move the start of a log up (KIP-107, 0.11); followers learn it with their fetches.',
    values: yesNo('they can', 'they cannot'),
  },
  compactedLogsFollowLogStart: {
    meaning: 'A log that is only compacted lets segments go that lie before its start (2.1).',
    values: yesNo('it does', 'it keeps them'),
  },
  listsLargestTimestamp: {
    meaning: 'ListOffsets knows the sentinel -3 (KIP-734, 3.0).',
    values: yesNo('it answers the largest timestamp', 'it is a time before all others: the first record'),
  },
  tombstoneHorizon: {
    meaning: 'When the cleaner may take a tombstone away.',
    values: {
      'by-clean-segment': 'with a segment last written before the last clean one less delete.retention.ms',
      'by-stamp': 'at a horizon that the first pass writes into its batch (KIP-534, 3.1)',
    },
  },
  cleanerStopsAtHighWatermark: {
    meaning: 'The cleaner leaves alone what is not committed (KAFKA-13194, 3.1).',
    values: yesNo('it does', 'it does not look at the high watermark'),
  },
})
