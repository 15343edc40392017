import { expect, test } from 'vitest'
import { ACTIONS } from '../../src/scenario/vocabulary/actions.ts'
import { TARGETS } from '../../src/scenario/vocabulary/targets.ts'
import { actionsOf, FRAME } from './frame.ts'

const broker = (id: number) => ({ role: 'broker', id })
const leader = { role: 'leader', partition: 'orders-0' }

const CASES: readonly (readonly [yaml: string, actions: readonly unknown[]])[] = [
  ['{ start: broker 4 }', [{ do: 'start', target: broker(4), startupUs: null }]],
  ['{ start: broker 4, startup: 2s }', [{ do: 'start', target: broker(4), startupUs: 2_000_000 }]],
  ['{ crash: leader(orders-0) }', [{ do: 'crash', target: leader }]],
  [
    '{ crash: [broker 1, registry] }',
    [
      { do: 'crash', target: broker(1) },
      { do: 'crash', target: { role: 'registry' } },
    ],
  ],
  ['{ power-loss: broker 1 }', [{ do: 'powerLoss', target: broker(1), keepBelow: null, keep: 'durable' }]],
  ['{ power-loss: broker 1, keep: random }', [{ do: 'powerLoss', target: broker(1), keepBelow: null, keep: 'random' }]],
  [
    '{ power-loss: broker 1, keep: { orders-0: 5 } }',
    [{ do: 'powerLoss', target: broker(1), keepBelow: { 'orders-0': 5 }, keep: 'durable' }],
  ],
  [
    '{ power-loss: broker 1, torn: true }',
    [{ do: 'powerLoss', target: broker(1), keepBelow: null, keep: 'durable', torn: true }],
  ],
  ['{ disk: broker 1, free: 2KB }', [{ do: 'disk', target: broker(1), directory: null, change: { bytesLeft: 2000 } }]],
  [
    '{ disk: broker 1, free: plenty, lies: true, fails: false }',
    [{ do: 'disk', target: broker(1), directory: null, change: { bytesLeft: null, lies: true, broken: false } }],
  ],
  ['{ slow-disk: broker 1, by: 50ms }', [{ do: 'slowDisk', target: broker(1), byUs: 50_000 }]],
  ['{ stall-disk: broker 1, for: 2s }', [{ do: 'stallDisk', target: broker(1), stalled: true, forUs: 2_000_000 }]],
  ['{ wipe: rack(b) }', [{ do: 'wipe', target: { role: 'rack', rack: 'b' } }]],
  [
    '{ bit-rot: broker 1, partition: orders-0, offset: 3 }',
    [{ do: 'damage', target: broker(1), damage: { what: 'flip', partition: 'orders-0', offset: 3 } }],
  ],
  [
    '{ damage: broker 1, file: meta.properties, how: other-broker }',
    [{ do: 'damage', target: broker(1), damage: { what: 'file', file: 'meta.properties', how: 'other-broker' } }],
  ],
  [
    '{ busy: c1, for: 6m }',
    [{ do: 'call', client: 'c1', call: { call: 'processFor', forUs: 360_000_000 }, label: 'busy steps 0 do' }],
  ],
  ['{ stop: controller }', [{ do: 'stop', target: { role: 'controller' } }]],
  ['{ restart: broker 1, startup: 500ms }', [{ do: 'restart', target: broker(1), startupUs: 500_000 }]],
  ['{ supervise: broker 1 }', [{ do: 'supervise', target: broker(1) }]],
  ['{ pause: registry, for: 8s }', [{ do: 'pause', target: { role: 'registry' }, forUs: 8_000_000 }]],
  ['{ pause: client c1 }', [{ do: 'pause', target: { role: 'client', name: 'c1' }, forUs: null }]],
  ['{ resume: registry }', [{ do: 'resume', target: { role: 'registry' } }]],
  [
    '{ expire-session: preferred(orders-0) }',
    [{ do: 'expireSession', target: { role: 'preferred', partition: 'orders-0' } }],
  ],
  [
    '{ cut: { between: broker 1, and: [registry, broker 2] } }',
    [{ do: 'cut', from: [broker(1)], to: [{ role: 'registry' }, broker(2)], both: true }],
  ],
  ['{ cut: { from: broker 1, to: broker 2 } }', [{ do: 'cut', from: [broker(1)], to: [broker(2)], both: false }]],
  [
    '{ cut: { groups: [broker 1, [broker 2, registry], rack(b)] } }',
    [
      { do: 'cut', from: [broker(1)], to: [broker(2), { role: 'registry' }], both: true },
      { do: 'cut', from: [broker(1)], to: [{ role: 'rack', rack: 'b' }], both: true },
      { do: 'cut', from: [broker(2), { role: 'registry' }], to: [{ role: 'rack', rack: 'b' }], both: true },
    ],
  ],
  ['{ heal: all }', [{ do: 'healAll' }]],
  [
    '{ heal: { between: broker 1, and: registry } }',
    [{ do: 'heal', from: [broker(1)], to: [{ role: 'registry' }], both: true }],
  ],
  [
    '{ slow: { from: broker 1, to: brokers, by: 200ms } }',
    [{ do: 'slow', from: [broker(1)], to: [{ role: 'all-brokers' }], both: false, extraUs: 200_000, messages: null }],
  ],
  [
    '{ hold: { from: controller, to: broker 2, messages: [LeaderAndIsrRequest] } }',
    [{ do: 'hold', from: [{ role: 'controller' }], to: [broker(2)], both: false, messages: ['LeaderAndIsrRequest'] }],
  ],
  [
    '{ release: { between: broker 1, and: broker 2 } }',
    [{ do: 'release', from: [broker(1)], to: [broker(2)], both: true, messages: null }],
  ],
  [
    '{ drop: { between: broker 1, and: broker 2, messages: [FetchRequest] } }',
    [{ do: 'drop', from: [broker(1)], to: [broker(2)], both: true, messages: ['FetchRequest'] }],
  ],
  [
    '{ lag: followers(orders-0), by: 2s }',
    [{ do: 'lagFollower', target: { role: 'followers', partition: 'orders-0' }, byUs: 2_000_000 }],
  ],
  ['{ clock: broker 2, skew: -5s }', [{ do: 'clockSkew', target: broker(2), skewUs: -5_000_000 }]],
  ['{ clock: broker 2, jump: +1h }', [{ do: 'clockSkew', target: broker(2), skewUs: 3_600_000_000, relative: true }]],
  [
    '{ elect: preferred, partitions: orders-0 }',
    [{ do: 'admin', request: { admin: 'electLeader', election: 'PREFERRED', partitions: ['orders-0'] } }],
  ],
  [
    '{ elect: unclean, partitions: [orders-0] }',
    [{ do: 'admin', request: { admin: 'electLeader', election: 'UNCLEAN', partitions: ['orders-0'] } }],
  ],
  ['{ delete: /controller }', [{ do: 'admin', request: { admin: 'deleteControllerNode' } }]],
  [
    '{ reassign: { orders-0: [2, 3, 4] } }',
    [{ do: 'admin', request: { admin: 'reassign', partitions: { 'orders-0': [2, 3, 4] } } }],
  ],
  [
    '{ create-topic: payments, partitions: 2, replication-factor: 2, settings: { min.insync.replicas: 2 } }',
    [
      {
        do: 'admin',
        request: {
          admin: 'createTopic',
          topic: 'payments',
          partitions: 2,
          replicationFactor: 2,
          assignment: null,
          settings: { 'min.insync.replicas': '2' },
        },
      },
    ],
  ],
  [
    '{ add-partitions: orders, total: 3, replicas: [[2, 3, 4], [3, 4, 1]] }',
    [
      {
        do: 'admin',
        request: { admin: 'addPartitions', topic: 'orders', total: 3, assignment: { 1: [2, 3, 4], 2: [3, 4, 1] } },
      },
    ],
  ],
  ['{ delete-topic: orders }', [{ do: 'admin', request: { admin: 'deleteTopic', topic: 'orders' } }]],
  [
    '{ set: { min.insync.replicas: 2, retention.ms: 1000 }, on: topic orders }',
    [
      {
        do: 'admin',
        request: {
          admin: 'alterTopicConfig',
          topic: 'orders',
          settings: { 'min.insync.replicas': '2', 'retention.ms': '1000' },
        },
      },
    ],
  ],
  [
    '{ set: { min.insync.replicas: 2 }, on: [broker 1, broker 2] }',
    [
      { do: 'changeSetting', target: broker(1), key: 'min.insync.replicas', value: 2 },
      { do: 'changeSetting', target: broker(2), key: 'min.insync.replicas', value: 2 },
    ],
  ],
  [
    '{ request: produce, to: leader(orders-0), partition: orders-0, values: [a, 007], acks: 1, timeout: 5s, as: mine }',
    [
      {
        do: 'request',
        target: leader,
        request: {
          request: 'produce',
          partition: 'orders-0',
          records: [
            { id: 'mine/0', key: null, value: 'a', timestampMs: 0 },
            { id: 'mine/1', key: null, value: '007', timestampMs: 0 },
          ],
          acks: 1,
          timeoutMs: 5000,
        },
        socketTimeoutUs: 30_000_000,
        label: 'mine',
      },
    ],
  ],
  [
    '{ request: fetch, to: broker 2, partition: orders-0, from-offset: 3, max-wait: 100ms, socket-timeout: 2s }',
    [
      {
        do: 'request',
        target: broker(2),
        request: { request: 'fetch', partition: 'orders-0', fromOffset: 3, maxWaitMs: 100 },
        socketTimeoutUs: 2_000_000,
        label: 'request 1',
      },
    ],
  ],
  [
    '{ request: list-offsets, to: broker 2, partition: orders-0, timestamp: latest }',
    [
      {
        do: 'request',
        target: broker(2),
        request: { request: 'listOffsets', partition: 'orders-0', timestamp: -1, version: 5 },
        socketTimeoutUs: 30_000_000,
        label: 'request 1',
      },
    ],
  ],
  [
    '{ request: metadata, to: broker 2, topics: [orders] }',
    [
      {
        do: 'request',
        target: broker(2),
        request: { request: 'metadata', topics: ['orders'], version: 7 },
        socketTimeoutUs: 30_000_000,
        label: 'request 1',
      },
    ],
  ],
  [
    '{ request: end-of-epoch, to: broker 2, partition: orders-0, epoch: 4 }',
    [
      {
        do: 'request',
        target: broker(2),
        request: { request: 'offsetForLeaderEpoch', partition: 'orders-0', epoch: 4 },
        socketTimeoutUs: 30_000_000,
        label: 'request 1',
      },
    ],
  ],
  ['{ start-client: c1 }', [{ do: 'startClient', name: 'c1' }]],
  ['{ stop-client: p1 }', [{ do: 'stopClient', name: 'p1' }]],
  ['{ send: 3, from: p1 }', [{ do: 'offer', client: 'p1', count: 3, value: null, partition: null, key: null }]],
  [
    '{ send: 1, from: p1, value: 1.0, key: 2, partition: 0 }',
    [{ do: 'offer', client: 'p1', count: 1, value: '1.0', partition: 0, key: '2' }],
  ],
  ['{ observe: before }', [{ do: 'observe', label: 'before' }]],
  ['{ note: a mark }', [{ do: 'note', text: 'a mark' }]],
  [
    '{ call: commit, client: p1, as: the commit }',
    [{ do: 'call', client: 'p1', call: { call: 'commitTransaction' }, label: 'the commit' }],
  ],
  [
    '{ call: send, client: p1, to: orders-0, value: a, waits: false, as: s }',
    [
      {
        do: 'call',
        client: 'p1',
        call: { call: 'send', topic: 'orders', partition: 0, key: null, value: 'a', waits: false },
        label: 's',
      },
    ],
  ],
  [
    '{ call: send-offsets, client: p1, offsets: { orders-0: 7 }, group: g, as: o }',
    [
      {
        do: 'call',
        client: 'p1',
        call: {
          call: 'sendOffsetsToTransaction',
          offsets: { 'orders-0': 7 },
          group: 'g',
          metadataOf: null,
          member: null,
        },
        label: 'o',
      },
    ],
  ],
  [
    '[{ crash: random(broker) }, { note: b }]',
    [
      { do: 'crash', target: { role: 'random', of: 'broker' } },
      { do: 'note', text: 'b' },
    ],
  ],
]

for (const [yaml, actions] of CASES) {
  test(`${yaml} compiles to what it says`, () => {
    expect(actionsOf(yaml)).toEqual(actions)
  })
}

for (const { name, example } of ACTIONS) {
  test(`the example of ${name} is valid and starts with its name`, () => {
    expect(example.startsWith(`{ ${name}: `)).toBe(true)
    expect(actionsOf(example).length).toBeGreaterThan(0)
  })
}

test('every action has a case of its own here', () => {
  const tested = CASES.map(([yaml]) => /^\[?\{ ([a-z-]+):/.exec(yaml)![1])
  expect(ACTIONS.map((it) => it.name).filter((name) => !tested.includes(name))).toEqual([])
})

for (const { example } of TARGETS) {
  test(`the target ${example} can be crashed`, () => {
    expect(actionsOf(`{ crash: ${example} }`)).toHaveLength(1)
  })
}

test('raw requests speak the versions of their time', () => {
  const old = FRAME.replace('"2.4"', '"0.11"')
  expect(
    actionsOf('{ request: list-offsets, to: broker 2, partition: orders-0, timestamp: earliest }', old),
  ).toMatchObject([{ request: { timestamp: -2, version: 1 } }])
  expect(actionsOf('{ request: metadata, to: broker 2 }', old)).toMatchObject([
    { request: { topics: null, version: 5 } },
  ])
})
