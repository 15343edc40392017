/** Targets as text: `broker 2`, `leader(orders-0)`, `rack(a)`. Whether what they name exists is judged elsewhere. */
import type { Target } from '../world/plan.ts'

const PARTITION = '[A-Za-z0-9._-]+-\\d+'

export const PARTITION_PATTERN = new RegExp(`^${PARTITION}$`)
export const BROKER_OR_NONE_PATTERN = /^(none|broker \d+)$/

const TARGET = `broker \\d+|brokers|controller|registry|(leader|followers|isr|preferred)\\(${PARTITION}\\)|rack\\([^()]+\\)|random\\(broker\\)|client [A-Za-z0-9._-]+`

export const TARGET_PATTERN = new RegExp(`^(${TARGET})$`)
export const TARGET_OR_NONE_PATTERN = new RegExp(`^(none|${TARGET})$`)
export const TARGET_ANY_OR_NONE_PATTERN = new RegExp(`^(none|any|${TARGET})$`)
export const TARGET_OR_TOPIC_PATTERN = new RegExp(`^(topic [A-Za-z0-9._-]+|${TARGET})$`)

/** The broker id of `broker 2`; -1 of `none`. */
export const brokerIdOf = (text: string): number => (text === 'none' ? -1 : Number(text.slice('broker '.length)))

/** Reads a target; null when the text is none. */
export function parseTarget(text: string): Target | null {
  if (!TARGET_PATTERN.test(text)) return null
  if (text.startsWith('broker ')) return { role: 'broker', id: brokerIdOf(text) }
  if (text.startsWith('client ')) return { role: 'client', name: text.slice('client '.length) }
  if (text === 'brokers') return { role: 'all-brokers' }
  if (text === 'controller' || text === 'registry') return { role: text }
  const [role, argument] = text.slice(0, -1).split('(') as [string, string]
  if (role === 'rack') return { role, rack: argument }
  if (role === 'random') return { role, of: 'broker' }
  return { role: role as 'leader' | 'followers' | 'isr' | 'preferred', partition: argument }
}
