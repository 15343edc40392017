import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { excuseOf, PROBES } from '../../src/campaign/probes/table.ts'
import { toldProbe } from '../../src/campaign/probes/told.ts'
import { profileNamed } from '../../src/campaign/profiles/table.ts'
import type { Fact } from '../../src/kafka/facts.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'

const SOURCES = join(import.meta.dirname, '../../src')

/** Names that the machines give to probes, as far as they are whole texts. */
function probesOfMachines(): string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const names = files.flatMap((name) => {
    const text = readFileSync(join(SOURCES, name), 'utf8')
    return [...text.matchAll(/\.probe\(\s*'([^']+)'/g)].map(([, probe]) => probe!)
  })
  return [...new Set(names)].sort()
}

const excuse = (name: string, kafka: string, profile: string, seeds: number) =>
  excuseOf(PROBES.find((it) => it.name === name)!, {
    generation: generationNamed(kafka)!,
    profile: profileNamed(profile)!,
    seeds,
  })

describe('the table of probes', () => {
  test('has every probe of the machines, each once', () => {
    const names = PROBES.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(probesOfMachines().filter((name) => !names.includes(name))).toEqual([])
  })

  test('asks a profile only for what it has', () => {
    expect(excuse('new coordinator of __consumer_offsets', '2.4', 'swarm', 900)).toContain(
      'no consumer of this profile',
    )
    expect(excuse('new coordinator of __consumer_offsets', '2.4', 'groups', 900)).toBeNull()
    expect(excuse('new coordinator of __consumer_offsets', '0.8.2', 'groups', 900)).toContain('0.9')
    expect(excuse('new coordinator of __transaction_state', '0.10.2', 'transactions', 900)).toContain('0.11')
    expect(excuse('append rolled a segment', '2.4', 'disks', 1)).toBeNull()
  })

  test('asks a generation only for what it has, and for a rare race only in many seeds', () => {
    expect(excuse('group of KIP-848 is Stable', '3.9', 'groups', 900)).toContain('KIP-848')
    expect(excuse('group of KIP-848 is Stable', '4.1', 'groups', 900)).toBeNull()
    expect(excuse('transaction timed out', '2.4', 'transactions', 100)).toContain('500 seeds')
    expect(excuse('transaction timed out', '2.4', 'transactions', 500)).toBeNull()
    expect(excuse('committed offset expired', '2.4', 'groups', 1_000_000)).toContain('no campaign lasts a day')
  })
})

test('what machines tell anyway counts by its fact, and the first load of a coordinator does not', () => {
  const loaded = (leaderEpoch: number): Fact => ({
    kind: 'coordinatorLoaded',
    partition: '__consumer_offsets-0',
    leaderEpoch,
  })
  expect(toldProbe(loaded(0))).toBeNull()
  expect(toldProbe(loaded(1))).toBe('new coordinator of __consumer_offsets')
  const cleaned = (recordsRemoved: number): Fact => ({
    kind: 'logCleaned',
    partition: 'orders-0',
    from: 0,
    to: 5,
    recordsRemoved,
    bytesBefore: 10,
    bytesAfter: 10,
  })
  expect(toldProbe(cleaned(0))).toBeNull()
  expect(toldProbe(cleaned(2))).toBe('cleaner removed records')
})
