/** Damage to the files of a broker whose process does not have them open, or does not look. */
import { type DirectoryFile, type DiskDamage, damageLog, repairLog } from '../log/disk-damage.ts'
import type { BrokerDurable, BrokerState, CheckpointFile } from './state.ts'

/** Changes the files of a log directory. */
export function damageFiles({ durable }: BrokerState, damage: DiskDamage): void {
  switch (damage.what) {
    case 'file':
      damageFile(durable, damage.file, damage.how)
      return
    case 'checkpoint-entry':
      writeCheckpoint(durable, damage.file, { [damage.partition]: damage.offset })
      return
    case 'repair':
      delete durable.unreadable
      delete durable.metaProperties
      for (const log of Object.values(durable.logs)) repairLog(log)
      return
    default: {
      const log = durable.logs[damage.partition]
      if (log !== undefined) damageLog(log, damage)
    }
  }
}

function damageFile(
  durable: BrokerDurable,
  file: DirectoryFile,
  how: 'empty' | 'garbage' | 'delete' | 'other-broker',
): void {
  if (file === 'meta.properties') {
    durable.metaProperties = how === 'other-broker' ? 'other-broker' : 'missing'
    return
  }
  if (how === 'garbage') {
    durable.unreadable = [...new Set([...(durable.unreadable ?? []), file])].sort()
    return
  }
  writeCheckpoint(durable, file, how === 'delete' ? null : {})
}

/** The file as it is from now on; a file that can be read has no mark. */
function writeCheckpoint(durable: BrokerDurable, file: CheckpointFile, offsets: Record<string, number> | null): void {
  const unreadable = (durable.unreadable ?? []).filter((each) => each !== file)
  if (unreadable.length === 0) delete durable.unreadable
  else durable.unreadable = unreadable
  switch (file) {
    case 'replication-offset-checkpoint':
      durable.highWatermarkCheckpoint = offsets
      return
    case 'recovery-point-offset-checkpoint':
      durable.recoveryPointCheckpoint = offsets
      return
    case 'log-start-offset-checkpoint':
      durable.logStartOffsetCheckpoint = offsets
  }
}
