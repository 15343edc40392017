/** Writes of partition states to the registry, as properties look at them. */
import type { TopicPartition } from '../kafka/ids.ts'
import type { StateZnode } from '../kafka/znodes.ts'
import { partitionOfStatePath } from '../kafka/znodes.ts'
import type { RegistryWriteEntry, World } from '../world/world.ts'
import type { StepView } from './property.ts'

export interface StateWrite {
  readonly partition: TopicPartition
  readonly path: string
  readonly version: number
  /** Transaction id of the write; with a metadata log, the offset of its record. */
  readonly czxid: number
  readonly state: StateZnode
  readonly by: string
}

/** Partition states written during an event, in order. */
export function stateWrites(step: StepView): StateWrite[] {
  const writes: StateWrite[] = []
  for (const { fact } of step.facts) {
    if (fact.kind !== 'registryWrite' || fact.write === 'delete') continue
    const partition = partitionOfStatePath(fact.path)
    if (partition === null) continue
    const { path, version, czxid, by } = fact
    writes.push({ partition, path, version, czxid, by, state: fact.data as unknown as StateZnode })
  }
  return writes
}

/**
 * The write of a path just before the one that gave it `version`; null when that one created it. A znode that was
 * deleted and created again begins anew.
 */
export function writeBefore(world: World, path: string, version: number): RegistryWriteEntry | null {
  const writes = world.ledger.registryWrites
  let own = false
  for (let i = writes.length - 1; i >= 0; i--) {
    const write = writes[i]!
    if (write.path !== path) continue
    if (own) return write.write === 'delete' ? null : write
    own = write.write !== 'delete' && write.version === version
    if (own && write.write === 'create') return null
  }
  return null
}
