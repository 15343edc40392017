/** What the simulated brokers know of groups, in the form of recordings. */
import type { FactEntry } from '../../world/world.ts'
import type { Look } from './rule.ts'

/**
 * A member id by its prefix and by how many of that prefix were there before it, as recordings show them: `a#1`. Ours
 * are counted in the order in which groups took them in.
 */
export function memberName({ world, memory }: Look, id: string): string {
  if (id === '') return ''
  const known = (memory.get('members') as {
    at: number
    names: Record<string, string>
    counts: Record<string, number>
  }) ?? {
    at: 0,
    names: {},
    counts: {},
  }
  memory.set('members', known)
  for (; known.at < world.ledger.facts.length; known.at++) {
    for (const member of membersOf(world.ledger.facts[known.at]!)) {
      if (known.names[member] !== undefined) continue
      const prefix = member.slice(0, member.lastIndexOf('-'))
      known.counts[prefix] = (known.counts[prefix] ?? 0) + 1
      known.names[member] = `${prefix}#${known.counts[prefix]}`
    }
  }
  return known.names[id] ?? `${id} (in no group)`
}

function membersOf({ fact }: FactEntry): readonly string[] {
  if (fact.kind === 'groupRebalancing' || fact.kind === 'groupGeneration') return fact.members
  return fact.kind === 'groupMemberReplaced' ? [fact.to] : []
}

/** A map by member with its keys as recordings show them. */
export const byMemberName = <T>(look: Look, members: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(members).map(([id, value]) => [memberName(look, id), value]))
