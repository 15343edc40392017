/** What a step does to the network: links are cut, slowed and healed, messages are held and dropped. */
import { quorumNode } from '../kafka/ids.ts'
import type { LinkFault } from '../network/links.ts'
import { breakConnection, releaseHeld } from './connections.ts'
import { controllersOf } from './controllers.ts'
import type { ActionOf, Doing } from './doing.ts'
import { resolve, toEach } from './doing.ts'
import type { Connection, ProcessId, World } from './world.ts'
import { isKraft } from './world.ts'

type Link = readonly [from: ProcessId, to: ProcessId]

/** Where cluster state lives: the registry, or every controller of KRaft. */
const metadataProcesses = (world: World): ProcessId[] =>
  isKraft(world) ? controllersOf(world.plan).map(({ id }) => quorumNode(id)) : ['registry']

type Cutting = ActionOf<'cut' | 'heal'>
type Holding = ActionOf<'hold' | 'drop' | 'release'>

function links(doing: Doing, { from, to, both }: Cutting | Holding | ActionOf<'slow'>): Link[] {
  const list: Link[] = []
  for (const a of from.flatMap((target) => resolve(doing, target))) {
    for (const b of to.flatMap((target) => resolve(doing, target))) {
      if (a === b) continue
      list.push([a, b])
      if (both) list.push([b, a])
    }
  }
  return list
}

const sameFault = (a: LinkFault, b: LinkFault): boolean =>
  a.kind === b.kind && a.from === b.from && a.to === b.to && (a.messages ?? []).join() === (b.messages ?? []).join()

function addFault(world: World, fault: LinkFault): void {
  if (!world.faults.some((each) => sameFault(each, fault) && each.extraUs === fault.extraUs)) world.faults.push(fault)
}

function removeFaults(world: World, unwanted: (fault: LinkFault) => boolean): void {
  world.faults = world.faults.filter((fault) => !unwanted(fault))
}

function release({ world, host, report }: Doing): void {
  releaseHeld(world, host, report)
}

function breakMatching({ world, host, report }: Doing, list: readonly Link[]): void {
  for (const id of Object.keys(world.connections).sort()) {
    const connection = world.connections[id] as Connection | undefined
    if (connection === undefined) continue
    const client = world.nodes[connection.client]?.process
    const server = world.nodes[connection.server]?.process
    const hit = list.some(([a, b]) => (a === client && b === server) || (a === server && b === client))
    if (hit) breakConnection(world, host, report, connection, 'reset', 'both')
  }
}

export function cut(doing: Doing, action: Cutting): ProcessId[] {
  const list = links(doing, action)
  for (const [from, to] of list) addFault(doing.world, { kind: 'cut', from, to, extraUs: 0, messages: null })
  return list.flat()
}

export function heal(doing: Doing, action: Cutting): ProcessId[] {
  const list = links(doing, action)
  removeFaults(doing.world, (fault) => list.some(([from, to]) => fault.from === from && fault.to === to))
  release(doing)
  return list.flat()
}

export function healAll(doing: Doing): void {
  doing.world.faults = []
  release(doing)
}

/** Both ways between each process and where cluster state lives. */
export function changeRegistryLinks(doing: Doing, action: ActionOf<'cutFromRegistry' | 'healToRegistry'>): ProcessId[] {
  const { world } = doing
  const processes = toEach(doing, action.target, (id) => {
    for (const other of metadataProcesses(world)) {
      for (const [from, to] of [
        [id, other],
        [other, id],
      ] as const) {
        if (action.do === 'cutFromRegistry') addFault(world, { kind: 'cut', from, to, extraUs: 0, messages: null })
        else removeFaults(world, (fault) => fault.kind === 'cut' && fault.from === from && fault.to === to)
      }
    }
  })
  if (action.do === 'healToRegistry') release(doing)
  return processes
}

/** An earlier slowness of the same messages ends; no extra time: that is all. */
export function slow(doing: Doing, action: ActionOf<'slow'>): ProcessId[] {
  const { world } = doing
  const { extraUs, messages } = action
  const list = links(doing, action)
  for (const [from, to] of list) {
    removeFaults(world, (fault) => sameFault(fault, { kind: 'slow', from, to, extraUs: 0, messages }))
    if (extraUs > 0) addFault(world, { kind: 'slow', from, to, extraUs, messages })
  }
  return list.flat()
}

export function holdOrDrop(doing: Doing, kind: 'hold' | 'drop', action: Holding): ProcessId[] {
  const { messages } = action
  const list = links(doing, action)
  for (const [from, to] of list) addFault(doing.world, { kind, from, to, extraUs: 0, messages })
  if (kind === 'drop' && messages === null) breakMatching(doing, list)
  return list.flat()
}

/** Ends holding and dropping, of all messages or of those that were named then. */
export function releaseLinks(doing: Doing, action: Holding): ProcessId[] {
  const { messages } = action
  const list = links(doing, action)
  removeFaults(
    doing.world,
    (fault) =>
      (fault.kind === 'hold' || fault.kind === 'drop') &&
      list.some(([from, to]) => fault.from === from && fault.to === to) &&
      (messages === null || (fault.messages ?? []).join() === messages.join()),
  )
  release(doing)
  return list.flat()
}
