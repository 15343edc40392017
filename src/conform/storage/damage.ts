/** What was done to the files and disks of a recorded broker, as actions of a plan. */
import type { DirectoryFile, DiskDamage } from '../../log/disk-damage.ts'
import type { Action } from '../../world/plan.ts'
import { brokerTarget } from '../conditions.ts'
import type { StorageDone } from './recording.ts'

type DamageEntry = Extract<StorageDone, { readonly do: 'damage' }>

/** Where the batches of a recording begin in their segments is told by them, so that a cut can be told in bytes. */
function tearBytes(entry: DamageEntry, entryBytes: number, base: number): number | null {
  const { atPosition, inEntryOfOffset } = entry
  if (atPosition === undefined || inEntryOfOffset === undefined) return null
  return atPosition - (inEntryOfOffset - base) * entryBytes
}

/** One damage of a log; null: it is not known in this form. `entryBytes` is what a record takes in the files. */
function logDamage(entry: DamageEntry, entryBytes: number): DiskDamage | null {
  const { partition = '', what, segment = null, bytes = 0 } = entry
  switch (what) {
    case 'byte flipped':
      return { what: 'flip', partition, offset: entry.inEntryOfOffset ?? 0 }
    case 'log file cut':
      return { what: 'tear', partition, segment, bytes: tearBytes(entry, entryBytes, segment ?? 0) }
    case 'bytes added at the end of the log':
      return { what: 'junk', partition, segment, bytes }
    case 'index files deleted':
      return { what: 'index', partition, segment, how: 'delete', bytes: 0 }
    case 'three bytes added to the index':
      return { what: 'index', partition, segment, how: 'grow', bytes: 3 }
    case 'index replaced by zero bytes':
      return { what: 'index', partition, segment, how: 'zeros', bytes }
    case 'index cut':
      return { what: 'index', partition, segment, how: 'cut', bytes: entry.toBytes ?? 0 }
    case 'index entry added': {
      const [offset = 0, position = 0] = entry.entry ?? []
      return { what: 'index-entry', partition, segment, offset, position }
    }
    case 'producer snapshots deleted':
      return { what: 'snapshots', partition }
    case 'leader epoch entry added': {
      const [epoch = 0, startOffset = 0] = entry.entry ?? []
      return { what: 'epoch-entry', partition, epoch, startOffset }
    }
    default:
      return null
  }
}

const FILES: readonly DirectoryFile[] = [
  'replication-offset-checkpoint',
  'recovery-point-offset-checkpoint',
  'log-start-offset-checkpoint',
  'meta.properties',
]

/** What a file is when it is "past the end": one entry, of the partition that the recorder looks at. */
const PAST = { partition: 'intact-0', offset: 500 }

function fileDamage({ file, what }: DamageEntry): DiskDamage | null {
  if (file === 'leader-epoch-checkpoint') return { what: 'epoch-file', partition: PAST.partition }
  const known = FILES.find((each) => each === file)
  if (known === undefined) return null
  if (what === 'past' && known !== 'meta.properties') return { what: 'checkpoint-entry', file: known, ...PAST }
  if (what === 'empty' || what === 'garbage') return { what: 'file', file: known, how: what }
  if (what === 'deleted') return { what: 'file', file: known, how: 'delete' }
  return what === 'otherBroker' ? { what: 'file', file: known, how: 'other-broker' } : null
}

/** The damage of an entry; null: it is not known in this form. */
export const damageOfEntry = (entry: DamageEntry, entryBytes: number): DiskDamage | null =>
  entry.partition === undefined ? fileDamage(entry) : logDamage(entry, entryBytes)

/** Damage happens to the broker that stands still. */
export const damageAction = (damage: DiskDamage): Action => ({
  do: 'damage',
  target: brokerTarget(1),
  damage,
})
