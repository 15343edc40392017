/** The watches a client waits for. It keeps them itself, so that it can set them again on a new connection. */
import type { RegistryOp, RegistryResult, WatchEvent } from '../kafka/messages/registry.ts'
import type { SessionVolatile } from './state.ts'

type Watches = SessionVolatile['watches']

export const noWatches = (): Watches => ({ data: [], exists: [], children: [] })

/** Remembers the watches that an answered request has set: a failed read sets none, `exists` always sets one. */
export function rememberWatches(
  watches: Watches,
  ops: readonly RegistryOp[],
  results: readonly RegistryResult[],
): void {
  for (const [index, op] of ops.entries()) {
    const result = results[index]
    if (result === undefined || result.error !== null || !('watch' in op) || !op.watch) continue
    if (op.op === 'getChildren') watches.children = including(watches.children, op.path)
    else if (op.op === 'exists' && result.stat === null) watches.exists = including(watches.exists, op.path)
    else watches.data = including(watches.data, op.path)
  }
}

/** Forgets what an event has used up (ZooKeeper ZKWatchManager.materialize). */
export function forgetFired(watches: Watches, event: WatchEvent): void {
  if (event.watch === 'childrenChanged' || event.watch === 'deleted') {
    watches.children = excluding(watches.children, event.path)
  }
  if (event.watch !== 'childrenChanged') {
    watches.data = excluding(watches.data, event.path)
    watches.exists = excluding(watches.exists, event.path)
  }
}

const including = (paths: readonly string[], path: string): string[] =>
  paths.includes(path) ? [...paths] : [...paths, path].sort()

const excluding = (paths: readonly string[], path: string): string[] => paths.filter((other) => other !== path)
