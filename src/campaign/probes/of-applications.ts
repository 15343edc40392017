/** Probes of applications that consume, transform and produce. */
import type { Probe } from './probe.ts'
import { SELDOM, SOMETIMES, where } from './probe.ts'

const PROBES: readonly Omit<Probe, 'needs'>[] = [
  { name: 'application asks again how its commit ended', from: SOMETIMES },
  { name: 'application begins anew', from: SOMETIMES },
  { name: 'application commits before it gives partitions back' },
  { name: 'application gives its transaction up' },
  { name: 'application has lost its partitions', from: SELDOM },
  {
    name: 'offsets of a former member refused to a transaction',
    excuse: where(
      ({ transactionalOffsetsFenced }) => transactionalOffsetsFenced,
      'transactions tell the member whose offsets they commit from 2.5 on (KIP-447)',
    ),
    from: SOMETIMES,
  },
]

export const PROBES_OF_APPLICATIONS: readonly Probe[] = PROBES.map((probe) => ({ ...probe, needs: 'transformations' }))
