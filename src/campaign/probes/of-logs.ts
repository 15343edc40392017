/** Probes of the log on disk: segments, cleaning, recovery, and disks that fail. */
import type { Probe } from './probe.ts'
import { never, RARE, SELDOM, SOMETIMES, where } from './probe.ts'

const DIRECTORIES_FAIL = where(
  ({ logDirFailures }) => logDirFailures,
  'to 0.11 a disk that fails halts the broker at once (KIP-112)',
)

export const PROBES_OF_LOGS: readonly Probe[] = [
  { name: 'append rolled a segment', needs: 'cleaning' },
  {
    name: 'cleaned above the high watermark',
    needs: 'cleaning',
    excuse: where(
      ({ cleanerStopsAtHighWatermark }) => !cleanerStopsAtHighWatermark,
      'cleaners stop at the high watermark (KAFKA-13194)',
    ),
    from: SOMETIMES,
  },
  { name: 'cleaner removed records', needs: 'cleaning' },
  { name: 'fetched a batch whose checksum does not match', needs: 'disk faults', from: RARE },
  { name: 'follower fetched a corrupt batch', needs: 'disk faults', from: RARE },
  { name: 'log directory failed', needs: 'disk faults', from: SOMETIMES },
  { name: 'power loss took records that were not flushed', needs: 'power losses', from: SOMETIMES },
  { name: 'recovery cut a log', needs: 'power losses', from: RARE },
  { name: 'recovery scanned segments from the recovery point on' },
  {
    name: 'replicas of a failed log directory counted as offline',
    excuse: never('brokers of a campaign have one log directory, and go down with it'),
  },
  { name: 'retention emptied a log', needs: 'cleaning', from: SELDOM },
  {
    name: 'segments deleted by log start',
    excuse: never('nobody deletes records by request in a campaign'),
  },
  { name: 'segments deleted by retention.bytes', excuse: never('topics of a campaign are deleted by age') },
  { name: 'segments deleted by retention.ms', needs: 'cleaning' },
  { name: 'the last log directory failed', needs: 'disk faults', excuse: DIRECTORIES_FAIL, from: SOMETIMES },
]
