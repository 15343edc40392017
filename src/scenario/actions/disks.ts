/** What becomes of disks and of the files on them. */
import type { Action } from '../../world/plan.ts'
import { durationUs, sizeBytes } from '../units.ts'
import { type Compile, type Compilers, eachBroker } from './compile-action.ts'

type DiskDamage = Extract<Action, { readonly do: 'damage' }>['damage']

const DISKS_ONLY = 'only brokers have disks'

const powerLoss: Compile<'power-loss'> = ({ checks, path }, form) => {
  const keepBelow = typeof form.keep === 'object' ? form.keep : null
  for (const partition of Object.keys(keepBelow ?? {})) checks.partition(partition, [...path, 'keep', partition], 'key')
  const keep = form.keep === 'random' ? 'random' : 'durable'
  return checks
    .brokerTargets(form['power-loss'], [...path, 'power-loss'], 'only brokers have logs to lose')
    .map((target) => ({ do: 'powerLoss', target, keepBelow, keep, ...(form.torn === true ? { torn: true } : {}) }))
}

const disk: Compile<'disk'> = ({ checks, path }, form) => {
  const change = {
    ...(form.free === undefined ? {} : { bytesLeft: form.free === 'plenty' ? null : sizeBytes(form.free) }),
    ...(form.lies === undefined ? {} : { lies: form.lies }),
    ...(form.fails === undefined ? {} : { broken: form.fails }),
  }
  if (Object.keys(change).length === 0) {
    checks.add([...path, 'disk'], 'nothing is said about the disk', { expected: 'one of free, lies and fails' })
  }
  if (form.directory !== undefined) checks.logDirectory(form.directory, [...path, 'directory'])
  return checks
    .brokerTargets(form.disk, [...path, 'disk'], DISKS_ONLY)
    .map((target) => ({ do: 'disk', target, directory: form.directory ?? null, change }))
}

const damage: Compile<'damage'> = ({ checks, path }, form) => {
  if ((form.how === 'other-broker') !== (form.file === 'meta.properties') && form.how !== 'delete') {
    const expected = form.file === 'meta.properties' ? 'delete or other-broker' : 'empty, garbage or delete'
    checks.add([...path, 'how'], `${form.file} cannot be damaged like that`, { expected })
  }
  const damage: DiskDamage = { what: 'file', file: form.file, how: form.how }
  return checks
    .brokerTargets(form.damage, [...path, 'damage'], 'only brokers have log directories')
    .map((target) => ({ do: 'damage', target, damage }))
}

const bitRot: Compile<'bit-rot'> = (place, form) => {
  place.checks.partition(form.partition, [...place.path, 'partition'])
  const damage: DiskDamage = { what: 'flip', partition: form.partition, offset: form.offset }
  const whose = { head: 'bit-rot', texts: form['bit-rot'], why: DISKS_ONLY } as const
  return eachBroker(place, whose, (target) => ({ do: 'damage', target, damage }))
}

export const DISKS: Compilers<'power-loss' | 'disk' | 'damage' | 'wipe' | 'slow-disk' | 'stall-disk' | 'bit-rot'> = {
  'power-loss': powerLoss,
  disk,
  damage,
  wipe: (place, form) =>
    eachBroker(place, { head: 'wipe', texts: form.wipe, why: DISKS_ONLY }, (target) => ({ do: 'wipe', target })),
  'slow-disk': (place, form) => {
    const byUs = durationUs(form.by)
    const whose = { head: 'slow-disk', texts: form['slow-disk'], why: DISKS_ONLY } as const
    return eachBroker(place, whose, (target) => ({ do: 'slowDisk', target, byUs }))
  },
  'stall-disk': (place, form) => {
    const forUs = form.for === undefined ? null : durationUs(form.for)
    const whose = { head: 'stall-disk', texts: form['stall-disk'], why: DISKS_ONLY } as const
    return eachBroker(place, whose, (target) => ({ do: 'stallDisk', target, stalled: true, forUs }))
  },
  'bit-rot': bitRot,
}
