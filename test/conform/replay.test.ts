import { expect, test } from 'vitest'
import type { RecordingReport } from '../../src/conform/compare.ts'
import { conform } from '../../src/conform/conform.ts'
import { judge, nameOf } from '../../src/conform/known.ts'
import { allRecordings, knownDifferences, recordingData, recordingNamed, recordingOf } from './recordings.ts'

interface Entry {
  atMs: number
  [field: string]: unknown
}

/** Replays a recording with something changed by hand, without trying other draws. */
function changed(name: string, change: (entries: Entry[]) => void): RecordingReport {
  const data = structuredClone(recordingData(name))
  change(data.entries as Entry[])
  return conform(recordingOf(data), { pins: true, tries: 0 })
}

const seen = (entries: Entry[], saw: string, n = 0): Entry => entries.filter((entry) => entry.saw === saw).at(n)!

/** The first snapshot's only partition. */
const partitionOf = (
  snapshot: Entry,
): { state: Record<string, unknown>; replicas: Record<string, Record<string, unknown>> } =>
  (snapshot.partitions as Record<string, never>)['t-0']!

const events = (entries: Entry[], n: number): Record<string, unknown>[] =>
  seen(entries, 'registryLog', n).events as Record<string, unknown>[]

const metadataRecord = (entries: Entry[], type: string): Record<string, unknown> =>
  (seen(entries, 'metadataLog').records as Record<string, unknown>[]).find((record) => record.type === type)!

const KNOWN = knownDifferences()

test('there are at least two hundred recordings of clusters', () => {
  expect(allRecordings().length).toBeGreaterThanOrEqual(200)
})

test.each(allRecordings())('%s agrees, or differs only in what is explained', (name) => {
  const report = conform(recordingNamed(name), { pins: true })
  expect(nameOf(report)).toBe(name)
  const { recordings, outdated, notModelled } = judge([report], KNOWN)
  expect({ unexplained: recordings[0]!.unexplained, outdated, notModelled }).toEqual({
    unexplained: [],
    outdated: [],
    notModelled: 0,
  })
})

const CHANGES: readonly (readonly [string, string, (entries: Entry[]) => void, string])[] = [
  [
    'a leader',
    'leader-crash/2.4.1',
    (e) => {
      partitionOf(seen(e, 'snapshot', 1)).state.leader = 3
    },
    't-0 leader',
  ],
  [
    'a leader epoch',
    'leader-crash/2.4.1',
    (e) => {
      partitionOf(seen(e, 'snapshot', 1)).state.leaderEpoch = 2
    },
    't-0 leader epoch',
  ],
  [
    'the order of an ISR',
    'leader-crash/2.4.1',
    (e) => {
      partitionOf(seen(e, 'snapshot', -1)).state.isr = [1, 2, 3]
    },
    't-0 ISR',
  ],
  [
    'the value of a record',
    'leader-crash/2.4.1',
    (e) => {
      partitionOf(seen(e, 'snapshot', 1)).replicas['2']!.records = [
        [0, 0, 'a'],
        [1, 0, 'b'],
        [2, 1, 'd'],
      ]
    },
    't-0 on broker 2: records',
  ],
  [
    'the epoch of a record',
    'leader-crash/2.4.1',
    (e) => {
      partitionOf(seen(e, 'snapshot', 1)).replicas['2']!.records = [
        [0, 0, 'a'],
        [1, 0, 'b'],
        [2, 0, 'c'],
      ]
    },
    't-0 on broker 2: records',
  ],
  [
    'an epoch cache',
    'leader-crash/2.4.1',
    (e) => {
      partitionOf(seen(e, 'snapshot', 1)).replicas['2']!.epochCache = [[0, 0]]
    },
    't-0 on broker 2: epoch cache',
  ],
  [
    'a file above everything in memory',
    'leader-crash/2.4.1',
    (e) => {
      partitionOf(seen(e, 'snapshot', 1)).replicas['2']!.highWatermarkCheckpoint = 4
    },
    't-0 on broker 2: high watermark in its file',
  ],
  [
    'the controller',
    'leader-crash/2.4.1',
    (e) => {
      seen(e, 'snapshot', 1).controller = { broker: 2, epoch: 1 }
    },
    'controller',
  ],
  [
    'who wrote a state',
    'leader-crash/2.4.1',
    (e) => {
      events(e, 1).find((event) => event.state !== undefined)!.by = 2
    },
    'state of t-0',
  ],
  [
    'a write that was not made',
    'leader-crash/2.4.1',
    (e) => {
      events(e, 2).push({ atMs: 10_000, admin: '/admin/x', op: 'create', by: 'admin' })
    },
    '/admin/x',
  ],
  [
    'what a session took with it',
    'leader-and-controller-crash/2.4.1',
    (e) => {
      events(e, 1).find((event) => event.sessionEnded !== undefined)!.removed = ['/brokers/ids/1']
    },
    'registration of broker 1',
  ],
  [
    'an error of a produce',
    'min-isr/2.4.1',
    (e) => {
      e.find((entry) => entry.error === 'NOT_ENOUGH_REPLICAS')!.error = 'NONE'
    },
    'error',
  ],
  [
    'a base offset',
    'leader-crash/2.4.1',
    (e) => {
      seen(e, 'produceResult', 1).baseOffset = 3
    },
    'base offset',
  ],
  [
    'the kind of time a produce took',
    'leader-crash/2.4.1',
    (e) => {
      seen(e, 'produceResult', 1).tookMs = 9000
    },
    'time taken',
  ],
  [
    'a high watermark in an answer',
    'min-isr/2.4.1',
    (e) => {
      seen(e, 'fetchResult', -1).highWatermark = 9
    },
    'from 0: high watermark',
  ],
  [
    'a value that was read',
    'kip-101-loss/0.10.2.2',
    (e) => {
      seen(e, 'fetchResult', 0).values = ['m1', 'm2']
    },
    'from 0: values',
  ],
  [
    'an ISR in metadata',
    'follower-crash/0.10.2.2',
    (e) => {
      ;(seen(e, 'metadata', -1).byBroker as Record<string, Record<string, unknown>>)['1']!.isr = [1, 2, 3]
    },
    'asked of broker 1: ISR',
  ],
  [
    'a truncation',
    'kip-101-loss/0.10.2.2',
    (e) => {
      seen(e, 'brokerEvents', 0).events = [{ event: 'truncated', partition: 't-0', to: 2 }]
    },
    'what broker 3 said',
  ],
  [
    'the order of answers',
    'zombie-leader/2.4.1',
    (e) => {
      ;(seen(e, 'produceRuns').runs as unknown[]).reverse()
    },
    'runs',
  ],
  [
    'the end of an epoch',
    'kip-279-fast-failover/2.4.1',
    (e) => {
      seen(e, 'offsetForLeaderEpoch', 1).endOffset = 1
    },
    'end of epoch 1',
  ],
  [
    'when a follower learned the high watermark',
    'hw-lag/0.10.2.2',
    (e) => {
      ;(seen(e, 'highWatermarkLag', 2).msUntilInMemory as Record<string, number>)['3'] = 3000
    },
    'high watermark of broker 3 in memory',
  ],
  [
    'an exit code',
    'bounce/2.4.1',
    (e) => {
      seen(e, 'processExited').code = 0
    },
    'exit code',
  ],
  [
    'the eligible replicas of a state',
    'kraft-min-isr-hw/4.1.1',
    (e) => {
      e.find((entry) => entry.saw === 'state' && String(entry.elr) === '2')!.elr = [3]
    },
    'elr',
  ],
  [
    'the replicas of a partition that was created',
    'kraft-min-isr-hw/4.1.1',
    (e) => {
      metadataRecord(e, 'PartitionRecord').replicas = [1, 3, 2]
    },
    'metadata log about partitions',
  ],
  [
    'the epoch of a partition that was created',
    'kraft-min-isr-hw/4.1.1',
    (e) => {
      metadataRecord(e, 'PartitionRecord').leaderEpoch = 1
    },
    'metadata log about partitions',
  ],
  [
    'a registration that begins unfenced',
    'kraft-min-isr-hw/4.1.1',
    (e) => {
      metadataRecord(e, 'RegisterBrokerRecord').fenced = false
    },
    'metadata log about broker 1',
  ],
]

test.each(CHANGES)('%s changed by hand is reported as different', (_, name, change, field) => {
  expect(changed(name, () => {}).differences).toEqual([])
  const report = changed(name, change)
  expect(report.status).toBe('differing')
  expect(report.differences.map((difference) => difference.field)).toContain(field)
})

test('a difference tells the label, what was recorded and what came out here', () => {
  const report = changed('leader-crash/2.4.1', (entries) => {
    partitionOf(seen(entries, 'snapshot', 1)).state.leader = 3
  })
  expect(report.differences).toEqual([
    { label: 'after the leader crashed and another took over', field: 't-0 leader', recorded: '3', ours: '2' },
  ])
})

test('what never comes true ends the replay there and is the difference', () => {
  const report = changed('leader-crash/2.4.1', (entries) => {
    seen(entries, 'state', 0).version = 7
  })
  expect(report.status).toBe('differing')
  expect(report.notReached).toBeGreaterThan(3)
  expect(report.differences[0]?.field).toMatch(/^came true: /)
})

test('the broker that a recording names wins the election, whoever it is', () => {
  const report = changed('leader-and-controller-crash/0.10.2.2', (entries) => {
    const named = (event: Record<string, unknown>, field: string): void => {
      if (event[field] === 3) event[field] = 2
    }
    for (const n of [1, 2]) {
      for (const event of events(entries, n)) {
        named(event, 'controllerCreated')
        if (event.state === undefined || event.version === 1) named(event, 'by')
      }
    }
    for (const n of [1, 2]) seen(entries, 'snapshot', n).controller = { broker: 2, epoch: 2 }
  })
  expect(report.differences).toEqual([])
  expect(report.pins).toContainEqual(expect.objectContaining({ stream: 'controller.election/2/broker-2', value: 0 }))
})

test('the features that a KRaft cluster was formatted with decide where they are named', () => {
  const data = recordingData('kraft-min-isr-hw/4.1.1')
  expect(data.features).toEqual({ 'eligible.leader.replicas.version': 1 })
  const without = conform(recordingOf({ ...data, features: { 'eligible.leader.replicas.version': 0 } }), {
    pins: true,
    tries: 0,
  })
  expect(without.differences).toContainEqual({
    label: 'the leader alone below min ISR',
    field: 't-0 elr',
    recorded: '[2]',
    ours: '[]',
  })
})

test('controllers of which only the number is told are those that are started', () => {
  const data = { ...recordingData('kraft-min-isr-hw/4.1.1'), controllers: 1 }
  expect(conform(recordingOf(data), { pins: true, tries: 0 })).toMatchObject({ status: 'agreed', notReached: 0 })
})

test('a KRaft snapshot that shows no registrations waits for none', () => {
  const report = changed('kraft-min-isr-hw/4.1.1', (entries) => {
    for (const entry of entries) delete entry.brokers
  })
  expect(report).toMatchObject({ status: 'agreed', notReached: 0 })
})

test('without pins nothing is pinned and nothing is tried', () => {
  const report = conform(recordingNamed('controller-crash/2.4.1'), { pins: false })
  expect(report.pins).toEqual([])
  expect(report.status).toBe('differing')
})

test('a recording gives the same report each time', () => {
  const once = conform(recordingNamed('min-isr/2.4.1'), { pins: true })
  expect(conform(recordingNamed('min-isr/2.4.1'), { pins: true })).toEqual(once)
})
