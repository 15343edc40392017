import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { assignReplicas } from '../../src/kafka/replica-assignment.ts'

interface Case {
  readonly brokers: readonly number[]
  readonly racks?: Readonly<Record<string, string>>
  readonly partitions: number
  readonly replicationFactor: number
  readonly fixedStartIndex: number
  readonly startPartitionId: number
  readonly assignment: Readonly<Record<string, readonly number[]>>
}

const casesOf = (version: string): readonly Case[] => {
  const file = new URL(`../conformance/vectors/replica-assignment-${version}.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')).cases
}

test.each(['0.10.2.2', '2.4.1'])('replicas are placed as the real %s places them', (version) => {
  const cases = casesOf(version)
  expect(cases.length).toBeGreaterThan(0)
  for (const given of cases) {
    const assignment = assignReplicas({
      brokers: given.brokers,
      racks: given.racks ?? null,
      partitions: given.partitions,
      replicationFactor: given.replicationFactor,
      startIndex: given.fixedStartIndex,
      startShift: given.fixedStartIndex,
      firstPartition: Math.max(0, given.startPartitionId),
    })
    expect(assignment).toEqual(given.assignment)
  }
})

test('one broker takes every partition', () => {
  const assignment = assignReplicas({
    brokers: [7],
    racks: null,
    partitions: 2,
    replicationFactor: 1,
    startIndex: 0,
    startShift: 0,
    firstPartition: 0,
  })
  expect(assignment).toEqual({ 0: [7], 1: [7] })
})
