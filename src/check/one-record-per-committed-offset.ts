import { type Cuts, cutsOf } from './cuts.ts'
import { named } from './logs.ts'
import { lastNamedLeader } from './loss.ts'
import { replacedHole } from './loss-holes.ts'
import { lossHoles, unlessToldHoles } from './promises.ts'
import type { Finding, Property } from './property.ts'

/** The committed sequence of Kafka's own simulation test: an offset is committed with one record, for ever. */
export const ONE_RECORD_PER_COMMITTED_OFFSET: Property = {
  name: 'OneRecordPerCommittedOffset',
  kind: 'always',
  statement: 'No two different records are ever committed at one offset.',
  on: ['highWatermark', 'becameLeader'],
  promised: (plan) => unlessToldHoles(lossHoles(plan)),
  check: (world, step) => {
    const findings: Finding[] = []
    let cuts: Cuts | null = null
    for (const { fact } of step.facts) {
      if (fact.kind !== 'becameLeader' && !(fact.kind === 'highWatermark' && fact.as === 'leader')) continue
      const committed = world.ledger.committed[fact.partition]
      if (committed === undefined) continue
      const [from, to] = fact.kind === 'becameLeader' ? [0, fact.highWatermark] : [fact.from, fact.to]
      for (let offset = from; offset < to; offset++) {
        const entries = committed[offset]
        if (entries === undefined || entries.length < 2) continue
        const [before, after] = [entries.at(-2)!, entries.at(-1)!]
        if (after.event !== step.event) continue
        const { partition } = fact
        const lastLeader = lastNamedLeader(world, partition) ?? after.broker
        cuts ??= cutsOf(world)
        const hole = replacedHole(world, cuts, { partition, offset, ids: [before.id, after.id], lastLeader })
        findings.push({
          partition,
          words:
            `offset ${offset} of ${partition} was committed as ${named(before)} by broker ${before.broker} ` +
            `(epoch ${before.leaderEpoch}) and is now committed as ${named(after)} by broker ${after.broker} (epoch ${after.leaderEpoch})`,
          evidence: {
            offset,
            id: before.id,
            value: before.value,
            epoch: before.epoch,
            committedAtUs: before.atUs,
            committedBy: before.broker,
            now: { id: after.id, value: after.value, epoch: after.epoch, broker: after.broker },
          },
          key: `${partition} ${offset} ${before.id} ${after.id}`,
          ...(hole === undefined ? {} : { knownHole: hole }),
        })
      }
    }
    return findings.length === 0 ? null : findings
  },
}
