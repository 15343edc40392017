import type { NodeId } from '../kernel/machine.ts'

/** The process a session node belongs to: `broker-3` for `session-3`, `consumer-c1` for `session-consumer-c1`. */
export function sessionOwner(node: NodeId): string {
  const rest = node.startsWith('session-') ? node.slice('session-'.length) : node
  return /^\d+$/.test(rest) ? `broker-${rest}` : rest
}
