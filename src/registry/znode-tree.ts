/** The tree of znodes: operations with versions, several of them all or none. Pure functions over the state. */

import type { RegistryErrorName, RegistryOp, RegistryResult, ZnodeStat } from '../kafka/messages/registry.ts'
import { assert, unreachable } from '../kernel/assert.ts'
import type { Json } from '../kernel/json.ts'
import type { RegistryState, Znode } from './state.ts'

/** One node as a write left it, or as it was before its deletion. */
export interface TreeChange {
  readonly write: 'create' | 'set' | 'delete'
  readonly path: string
  /** null after a deletion. */
  readonly data: Json
  readonly version: number
  readonly czxid: number
  readonly ephemeralOwner: number
}

interface TreeOutcome {
  /** One an operation; when one fails all are errors. */
  readonly results: RegistryResult[]
  /** What was written, in order; empty when an operation failed. */
  readonly changes: TreeChange[]
}

/** Nodes as they were before a request touched them; null: did not exist. */
type Before = Record<string, Znode | null>

type Step = { readonly result: RegistryResult; readonly change: TreeChange | null }

export function newZnode(data: Json, zxid: number, ephemeralOwner: number): Znode {
  return {
    data,
    version: 0,
    czxid: zxid,
    mzxid: zxid,
    pzxid: zxid,
    ephemeralOwner,
    children: [],
    nextSequence: 0,
  }
}

/** `/a` for `/a/b`, `/` for `/a`. */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash === 0 ? '/' : path.slice(0, slash)
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

const isWrite = (op: RegistryOp): boolean => op.op === 'create' || op.op === 'delete' || op.op === 'setData'

/**
 * Applies the operations of one request for a session (0: the administrator). They share one zxid. When one of them
 * fails nothing has changed, it carries its own error and the others ROLLEDBACK.
 */
export function applyOps(state: RegistryState, ops: readonly RegistryOp[], sessionId: number): TreeOutcome {
  const zxid = state.zxid + 1
  const before: Before = {}
  const results: RegistryResult[] = []
  const changes: TreeChange[] = []
  for (const [index, op] of ops.entries()) {
    const step = applyOp(state, op, { sessionId, zxid, before })
    if (step.result.error !== null) {
      restore(state, before)
      const failed = step.result
      return { results: ops.map((_, at) => (at === index ? failed : { error: 'ROLLEDBACK' })), changes: [] }
    }
    results.push(step.result)
    if (step.change !== null) changes.push(step.change)
  }
  if (ops.some(isWrite)) state.zxid = zxid
  return { results, changes }
}

/** Removes nodes without a condition, in the order given: the ephemeral nodes of a session that ended. */
export function removeNodes(state: RegistryState, paths: readonly string[]): TreeChange[] {
  const changes: TreeChange[] = []
  for (const path of paths) {
    const node = state.nodes[path]
    if (node === undefined) continue
    changes.push(changeOf('delete', path, node))
    unlink(state, path, state.zxid)
  }
  return changes
}

interface Request {
  readonly sessionId: number
  readonly zxid: number
  readonly before: Before
}

function applyOp(state: RegistryState, op: RegistryOp, request: Request): Step {
  if (op.op === 'create') return create(state, op, request)
  const node = state.nodes[op.path]
  if (op.op === 'exists') return read({ error: null, path: op.path, stat: node === undefined ? null : statOf(node) })
  if (node === undefined) return failure('NONODE')
  switch (op.op) {
    case 'delete': {
      if (op.version !== -1 && op.version !== node.version) return failure('BADVERSION')
      if (node.children.length > 0) return failure('NOTEMPTY')
      const change = changeOf('delete', op.path, node)
      remember(state, op.path, request.before)
      remember(state, parentPath(op.path), request.before)
      unlink(state, op.path, request.zxid)
      return { result: { error: null, path: op.path }, change }
    }
    case 'setData':
      if (op.version !== -1 && op.version !== node.version) return failure('BADVERSION')
      remember(state, op.path, request.before)
      node.data = op.data
      node.version += 1
      node.mzxid = request.zxid
      return { result: { error: null, path: op.path, stat: statOf(node) }, change: changeOf('set', op.path, node) }
    case 'check':
      if (op.version !== -1 && op.version !== node.version) return failure('BADVERSION')
      return read({ error: null, path: op.path })
    case 'getData':
      return read({ error: null, path: op.path, data: node.data, stat: statOf(node) })
    case 'getChildren':
      return read({ error: null, path: op.path, children: [...node.children], stat: statOf(node) })
    default:
      return unreachable(op)
  }
}

function create(state: RegistryState, op: RegistryOp & { op: 'create' }, request: Request): Step {
  const above = parentPath(op.path)
  const parent = state.nodes[above]
  if (parent === undefined) return failure('NONODE')
  assert(parent.ephemeralOwner === 0, `${op.path}: an ephemeral node has no children`)
  assert(!op.ephemeral || request.sessionId !== 0, `${op.path}: an ephemeral node needs a session`)
  const path = op.sequential === true ? op.path + String(parent.nextSequence).padStart(10, '0') : op.path
  if (state.nodes[path] !== undefined) return failure('NODEEXISTS')
  remember(state, path, request.before)
  remember(state, above, request.before)
  const node = newZnode(op.data, request.zxid, op.ephemeral ? request.sessionId : 0)
  state.nodes[path] = node
  parent.children = [...parent.children, nameOf(path)].sort()
  parent.pzxid = request.zxid
  // ZooKeeper numbers by the parent's child version, which grows with every child: numbers only ever grow.
  parent.nextSequence += 1
  return { result: { error: null, path, stat: statOf(node) }, change: changeOf('create', path, node) }
}

function unlink(state: RegistryState, path: string, zxid: number): void {
  const name = nameOf(path)
  delete state.nodes[path]
  const parent = state.nodes[parentPath(path)]
  assert(parent !== undefined, `${path} has no parent`)
  parent.children = parent.children.filter((child) => child !== name)
  parent.pzxid = zxid
}

function remember(state: RegistryState, path: string, before: Before): void {
  if (before[path] !== undefined) return
  const node = state.nodes[path]
  before[path] = node === undefined ? null : { ...node }
}

function restore(state: RegistryState, before: Before): void {
  for (const path of Object.keys(before).sort()) {
    const node = before[path]
    if (node === undefined || node === null) delete state.nodes[path]
    else state.nodes[path] = node
  }
}

const statOf = (node: Znode): ZnodeStat => ({
  version: node.version,
  czxid: node.czxid,
  ephemeralOwner: node.ephemeralOwner,
})

const changeOf = (write: TreeChange['write'], path: string, node: Znode): TreeChange => ({
  write,
  path,
  data: write === 'delete' ? null : node.data,
  version: node.version,
  czxid: node.czxid,
  ephemeralOwner: node.ephemeralOwner,
})

const read = (result: RegistryResult): Step => ({ result, change: null })
const failure = (error: RegistryErrorName): Step => ({ result: { error }, change: null })
