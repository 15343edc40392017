/** One-shot watches: who waits for a change of which node, and what each of them is told. */
import type { RegistryOp, RegistryResult, WatchKind, WatchSet } from '../kafka/messages/registry.ts'
import type { RegistryState } from './state.ts'
import type { TreeChange } from './znode-tree.ts'
import { parentPath } from './znode-tree.ts'

/** One event for one session. */
export interface WatchNotice {
  readonly sessionId: number
  readonly path: string
  readonly watch: WatchKind
}

type WatchTable = Record<string, number[]>

/** Fires and forgets the watches that one change touches, in ZooKeeper's order (DataTree): the node, then its parent. */
export function fireWatches(state: RegistryState, change: TreeChange): WatchNotice[] {
  const { path } = change
  const notices: WatchNotice[] = []
  const fire = (sessions: readonly number[], at: string, watch: WatchKind): void => {
    for (const sessionId of sessions) notices.push({ sessionId, path: at, watch })
  }
  if (change.write === 'set') {
    fire(take(state.dataWatches, path), path, 'dataChanged')
    return notices
  }
  if (change.write === 'create') {
    fire(take(state.dataWatches, path), path, 'created')
  } else {
    const told = take(state.dataWatches, path)
    fire(told, path, 'deleted')
    // A session with a data watch and a child watch on the node hears of its deletion once.
    const others = take(state.childWatches, path).filter((sessionId) => !told.includes(sessionId))
    fire(others, path, 'deleted')
  }
  const parent = parentPath(path)
  fire(take(state.childWatches, parent), parent, 'childrenChanged')
  return notices
}

/** Sets the watch that a successful read asked for. `exists` also watches a node that is not there. */
export function setWatch(state: RegistryState, sessionId: number, op: RegistryOp, result: RegistryResult): void {
  if (result.error !== null || !('watch' in op) || !op.watch) return
  add(op.op === 'getChildren' ? state.childWatches : state.dataWatches, op.path, sessionId)
}

/**
 * Gives a returning session its watches back: those of nodes that changed after the last zxid it has seen fire at once
 * (ZooKeeper DataTree.setWatches), so that no event is lost with a broken connection.
 */
export function restoreWatches(state: RegistryState, sessionId: number, watches: WatchSet): WatchNotice[] {
  const notices: WatchNotice[] = []
  const fire = (path: string, watch: WatchKind): void => void notices.push({ sessionId, path, watch })
  for (const path of watches.data) {
    const node = state.nodes[path]
    if (node === undefined) fire(path, 'deleted')
    else if (node.mzxid > watches.zxid) fire(path, 'dataChanged')
    else add(state.dataWatches, path, sessionId)
  }
  for (const path of watches.exists) {
    if (state.nodes[path] !== undefined) fire(path, 'created')
    else add(state.dataWatches, path, sessionId)
  }
  for (const path of watches.children) {
    const node = state.nodes[path]
    if (node === undefined) fire(path, 'deleted')
    else if (node.pzxid > watches.zxid) fire(path, 'childrenChanged')
    else add(state.childWatches, path, sessionId)
  }
  return notices
}

export function dropWatches(state: RegistryState, sessionId: number): void {
  for (const table of [state.dataWatches, state.childWatches]) {
    for (const path of Object.keys(table).sort()) {
      const left = (table[path] ?? []).filter((id) => id !== sessionId)
      if (left.length === 0) delete table[path]
      else table[path] = left
    }
  }
}

function add(table: WatchTable, path: string, sessionId: number): void {
  const sessions = table[path] ?? []
  if (sessions.includes(sessionId)) return
  table[path] = [...sessions, sessionId].sort((a, b) => a - b)
}

function take(table: WatchTable, path: string): number[] {
  const sessions = table[path] ?? []
  delete table[path]
  return sessions
}
