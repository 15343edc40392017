import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'
import { stateWrites, writeBefore } from './state-writes.ts'

export const MONOTONIC_STATE_VERSION: Property = {
  name: 'MonotonicStateVersion',
  kind: 'always',
  statement: 'Every write of a partition state has the version after the one before it.',
  on: ['registryWrite'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { partition, path, version, by } of stateWrites(step)) {
      const before = writeBefore(world, path, version)
      const expected = before === null ? 0 : before.version + 1
      if (version === expected) continue
      findings.push({
        partition,
        words: `${by} writes version ${version} of the state of ${partition}, expected ${expected}`,
        evidence: { by, version, expected },
        key: `${path} ${version}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
