/** Holes of assignors that believe an old claim: a member that missed rebalances still says what it had, and is given it again. */
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import type { Plan } from '../../world/plan.ts'
import type { World } from '../../world/world.ts'
import type { Hole } from '../promises.ts'

/** The hole by which an assignor gives one partition to two members of a generation; null: it does not. */
export function holeOfAssignor(protocol: string | null, m: Mechanisms): string | null {
  // To 2.2 each member keeps whatever it says, at once with whoever else says so (KIP-341, 2.3).
  if (protocol === 'sticky' && m.stickyAssignor === 'kip-54') return 'KAFKA-7026 (KIP-341)'
  // 2.5.1 to 2.8.0: claims of cooperative members carry no generation by which an old one could be told.
  const believesAll = m.stickyClaims === 'newest-generation' && m.stickyAssignor === 'fill-to-quota'
  return protocol === 'cooperative-sticky' && believesAll && !m.cooperativeClaimsCarryGeneration ? 'KAFKA-12984' : null
}

/** What a group's present generation divides by, as its coordinators have told. */
export function protocolOf({ ledger }: World, group: string): string | null {
  for (let i = ledger.facts.length - 1; i >= 0; i--) {
    const { fact } = ledger.facts[i]!
    if (fact.kind === 'groupGeneration' && fact.group === group) return fact.protocol
  }
  return null
}

/** Holes of the assignors that a plan's groups may use. */
export function assignorHoles({ clients, mechanisms }: Plan): Hole[] {
  const named = clients.flatMap(({ kind, settings }) =>
    kind === 'consumer' ? String(settings['partition.assignment.strategy'] ?? '').split(',') : [],
  )
  const names = ['sticky', 'cooperative-sticky'].flatMap((protocol) => {
    const hole = named.includes(protocol) ? holeOfAssignor(protocol, mechanisms) : null
    return hole === null
      ? []
      : [
          {
            because: `the ${protocol} assignor believes what members had in old generations`,
            hole,
            isTold: true as const,
          },
        ]
  })
  return names
}
