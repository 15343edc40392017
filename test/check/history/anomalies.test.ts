import { expect, test } from 'vitest'
import {
  abortedReads,
  duplicates,
  inconsistentOffsets,
  lostWrites,
  nonmonotonicPolls,
  nonmonotonicSends,
  pollSkips,
  unseenWrites,
} from '../../../src/check/history/anomalies.ts'
import type { ClientHistory, Poll, Send } from '../../../src/check/history/history.ts'

const P = 'orders-0'
const END_US = 60_000_000
const GRACE_US = 10_000_000

/** `m1@0` acknowledged at offset 0; `m1!` failed for good; `m1?` unknown. All by p1 at acks=all unless said. */
function sent(...texts: string[]): Send[] {
  return texts.map((text): Send => {
    const [, id, at] = /^(\w+)(?:@(\d+)|[!?])$/.exec(text)!
    const outcome = at !== undefined ? 'acked' : text.endsWith('!') ? 'failed' : 'unknown'
    return {
      id: id!,
      client: 'p1',
      partition: P,
      acks: -1,
      outcome,
      offset: at === undefined ? -1 : Number(at),
      answeredAtUs: 1_000_000,
    }
  })
}

/** What a client was handed: `m1@0 m2@1 | m2@1`; a bar is a move of its position. */
function polled(client: string, text: string): Poll {
  let moved = false
  const records = text.split(' ').flatMap((word) => {
    if (word === '|') {
      moved = true
      return []
    }
    const [id, offset] = word.split('@')
    const record = { id: id!, offset: Number(offset), atUs: 2_000_000, moved }
    moved = false
    return [record]
  })
  return { client, partition: P, records }
}

const history = (sends: Send[], ...polls: Poll[]): ClientHistory => ({ sends, polls, endUs: END_US })

const CHECKS = {
  lostWrites,
  unseenWrites: (it: ClientHistory) => unseenWrites(it, GRACE_US),
  abortedReads,
  duplicates,
  inconsistentOffsets,
  pollSkips,
  nonmonotonicPolls,
  nonmonotonicSends,
}

/** Names of the anomalies that a history has. */
const anomaliesOf = (it: ClientHistory): string[] =>
  Object.entries(CHECKS).flatMap(([name, check]) => (check(it).length > 0 ? [name] : []))

test('a clean history has no anomaly', () => {
  const clean = history(
    sent('a@0', 'b@1', 'c!', 'd@2', 'e?'),
    polled('c1', 'a@0 b@1 d@2 e@3'),
    polled('c2', 'b@1 d@2 | a@0 b@1 d@2'),
  )
  expect(anomaliesOf(clean)).toEqual([])
})

test('a history without any poll has no anomaly', () => {
  expect(anomaliesOf(history(sent('a@0', 'b@1')))).toEqual([])
})

test('an acknowledged record that every reader went past is a lost write', () => {
  const found = history(sent('a@0', 'b@1', 'c@2'), polled('c1', 'a@0 c@2'))
  expect(anomaliesOf(found)).toEqual(['lostWrites'])
  expect(lostWrites(found)).toMatchObject([{ id: 'b', offset: 1 }])
})

test('a lost write needs an acknowledgement of the whole ISR', () => {
  const one = sent('a@0', 'b@1', 'c@2').map((send) => ({ ...send, acks: 1 }))
  expect(anomaliesOf(history(one, polled('c1', 'a@0 c@2')))).toEqual([])
})

test('an acknowledged record that nobody has come to in the end is unseen', () => {
  const found = history(sent('a@0', 'b@1'), polled('c1', 'a@0'))
  expect(anomaliesOf(found)).toEqual(['unseenWrites'])
})

test('a record that was acknowledged just before the end is not yet unseen', () => {
  const late = sent('a@0', 'b@1').map((send) => ({ ...send, answeredAtUs: END_US - 1 }))
  expect(anomaliesOf(history(late, polled('c1', 'a@0')))).toEqual([])
})

test('a record that is read although its send had failed for good is an aborted read', () => {
  expect(anomaliesOf(history(sent('a@0', 'b!'), polled('c1', 'a@0 b@1')))).toEqual(['abortedReads'])
})

test('one record at two offsets is a duplicate', () => {
  expect(anomaliesOf(history(sent('a@1'), polled('c1', 'a@0 a@1')))).toEqual(['duplicates'])
})

test('one offset that two readers saw differently is inconsistent', () => {
  expect(anomaliesOf(history(sent('a?', 'b?'), polled('c1', 'a@0'), polled('c2', 'b@0')))).toEqual([
    'inconsistentOffsets',
  ])
})

test('an offset that was acknowledged for one record and read as another is inconsistent', () => {
  expect(inconsistentOffsets(history(sent('a@0', 'b?'), polled('c1', 'b@0')))).toMatchObject([{ offset: 0 }])
})

test('a reader that passes over what another one was handed skips', () => {
  const found = history(sent('a@0', 'b@1', 'c@2'), polled('c1', 'a@0 c@2'), polled('c2', 'a@0 b@1 c@2'))
  expect(anomaliesOf(found)).toEqual(['pollSkips'])
})

test('a reader that moved its position may pass over records', () => {
  const found = history(sent('a@0', 'b@1', 'c@2'), polled('c1', 'a@0 | c@2'), polled('c2', 'a@0 b@1 c@2'))
  expect(anomaliesOf(found)).toEqual([])
})

test('a reader that goes back without having moved its position is nonmonotonic', () => {
  expect(anomaliesOf(history(sent('a@0', 'b@1'), polled('c1', 'a@0 b@1 a@0')))).toEqual(['nonmonotonicPolls'])
})

test('a later send at a lower offset is nonmonotonic', () => {
  expect(anomaliesOf(history(sent('a@1', 'b@0'), polled('c1', 'b@0 a@1')))).toEqual(['nonmonotonicSends'])
})
