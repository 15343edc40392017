import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Mechanisms } from '../../src/kafka/generation/mechanisms.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import {
  assignEpoch,
  endOffsetForEpoch,
  latestEpoch,
  truncateEpochsFromEnd,
  truncateEpochsFromStart,
} from '../../src/log/epoch-cache.ts'
import { emptyLog } from '../../src/log/replica-log.ts'

interface Step {
  readonly op: 'assign' | 'endOffsetFor' | 'latestEpoch' | 'leo' | 'truncateFromEnd' | 'truncateFromStart'
  readonly epoch?: number
  readonly offset?: number
  readonly entries?: readonly (readonly [number, number])[]
  readonly result?: number | null | readonly [number, number]
  readonly error?: string
}

interface Vectors {
  readonly cases: readonly { readonly name: string; readonly steps: readonly Step[] }[]
}

const read = (version: string): Vectors =>
  JSON.parse(
    readFileSync(new URL(`../conformance/vectors/leader-epoch-cache-${version}.json`, import.meta.url), 'utf8'),
  ) as Vectors

const since: readonly (readonly [string, Mechanisms])[] = [
  ['0.11.0.3', generationNamed('0.11')!.mechanisms],
  ['2.4.1', generationNamed('2.4')!.mechanisms],
  ['3.5.2', { ...generationNamed('3.5')!.mechanisms, epochCache: 'remove-conflicting-checked' }],
]

for (const [version, m] of since) {
  for (const { name, steps } of read(version).cases) {
    test(`the epoch cache does what that of ${version} did: ${name}`, () => {
      const log = { ...emptyLog(), logEndOffset: 1_000_000 }
      for (const step of steps) {
        const act = (): unknown => {
          switch (step.op) {
            case 'leo':
              log.logEndOffset = step.offset!
              return undefined
            case 'assign':
              return assignEpoch(log, step.epoch!, step.offset!, m)
            case 'truncateFromEnd':
              return truncateEpochsFromEnd(log, step.offset!)
            case 'truncateFromStart':
              return truncateEpochsFromStart(log, step.offset!)
            case 'latestEpoch':
              return latestEpoch(log)
            case 'endOffsetFor': {
              const end = endOffsetForEpoch(log, step.epoch!, m)
              return typeof step.result === 'number' ? end.endOffset : [end.epoch, end.endOffset]
            }
          }
        }
        if (step.error !== undefined) expect(act).toThrow()
        else {
          const result = act()
          // The class of 2.4 answers null where it has no epoch, that of 0.11 answers -1.
          if ('result' in step) expect(result).toEqual(step.result ?? -1)
        }
        if (step.entries !== undefined) {
          expect(log.epochCache.map((entry) => [entry.epoch, entry.startOffset])).toEqual(step.entries)
        }
      }
    })
  }
}
