/** Groups, transactions and batches of producers at every moment of a run, as the page shows them. */
import { expect, test } from 'vitest'
import {
  groupScenes,
  producerScenes,
  strayTransactions,
  transactionScenes,
} from '../../../src/report/page/coordinated-scene.ts'
import type { PageRun } from '../../../src/report/page/page-run.ts'
import { replicaScene } from '../../../src/report/page/replica-scene.ts'
import { traceProblems } from '../../../src/report/page/validate.ts'
import { groupPath, producerPath, transactionPath } from '../../../src/report/page/view-state.ts'
import { pageRun, parsed, traceText } from './traced.ts'

const HANGING = 'transactions/a-hanging-transaction'
const hanging = pageRun(HANGING)

/** The first event that changed a path and after which it holds. */
const firstChange = (run: PageRun, path: string, holds: (at: number) => boolean): number =>
  run.changes.get(path)?.find(holds) ?? -1

/** A log as one line: value, then what became of the transaction. */
const drawn = (run: PageRun, at: number, partition: string, broker: number): string =>
  replicaScene(run, at, partition)
    .rows.find((row) => row.broker === broker)!
    .cells.map((cell) => (cell === null ? '.' : `${cell.value} ${cell.transaction?.kind} ${cell.transaction?.fate}`))
    .join(' | ')

test('a transaction goes through its states, and what it leaves open in a log is called so', () => {
  const statuses = hanging.series(transactionPath('shop-1')).map(({ value }) => (value as { status: string }).status)
  expect([...new Set(statuses)]).toEqual(['Empty', 'Ongoing', 'PrepareAbort', 'CompleteAbort'])
  const ongoing = firstChange(hanging, transactionPath('shop-1'), (at) =>
    transactionScenes(hanging, at).some(({ underWay }) => underWay),
  )
  expect(transactionScenes(hanging, ongoing)[0]).toMatchObject({
    id: 'shop-1',
    transaction: { producerId: 0, producerEpoch: 0, status: 'Ongoing', partitions: ['orders-0'], timeoutMs: 60_000 },
  })
  const end = hanging.length - 1
  expect(strayTransactions(hanging, ongoing)).toEqual([])
  expect(strayTransactions(hanging, end)).toEqual([{ partition: 'orders-0', producerId: 0, firstOffset: 1 }])
})

test('records of a transaction are marked by what the log says of it, and readers are held back at the LSO', () => {
  const end = hanging.length - 1
  expect(drawn(hanging, end, 'orders-0', 1)).toBe('abort marker aborted | late record open | .')
  const [leader, follower] = replicaScene(hanging, end, 'orders-0').rows
  expect(leader!.carets.map(({ words }) => words)).toEqual(['HW 2', 'LSO 1', 'LEO 2'])
  expect(follower!.carets.map(({ words }) => words)).not.toContain('LSO 1')
})

test('aborted and committed records of several producers are told apart', () => {
  const run = pageRun('transactions/crashes-at-every-step-of-consume-transform-produce')
  const fates = drawn(run, run.length - 1, 'out-0', 1).split(' | ')
  expect(fates.filter((each) => each.endsWith('record aborted'))).toHaveLength(2)
  expect(fates.filter((each) => each.endsWith('marker committed')).length).toBeGreaterThan(0)
  expect(fates.some((each) => each.endsWith('record open'))).toBe(false)
})

test('a group is shown with its lag at every moment, and stays known when nobody coordinates it', () => {
  const run = pageRun('groups/coordinator-crash')
  const at = (holds: (scene: ReturnType<typeof groupScenes>[number]) => boolean, from = 0): number =>
    firstChange(run, groupPath('billing'), (event) => event >= from && groupScenes(run, event).some(holds))
  const stable = at(({ group }) => group?.state === 'Stable')
  const orphaned = at(({ group }) => group === null, stable)
  const again = at(({ group }) => group?.state === 'Stable', orphaned)
  expect([stable, orphaned, again].every((event, i, all) => event > (all[i - 1] ?? 0))).toBe(true)
  const [before] = groupScenes(run, orphaned - 1)
  const [after] = groupScenes(run, again)
  expect(after!.group!.coordinator).not.toBe(before!.group!.coordinator)
  for (const { committed, logEnd, lag } of groupScenes(run, run.length - 1)[0]!.offsets) {
    expect(lag).toBe(committed < 0 ? -1 : logEnd - committed)
  }
})

test('batches of a producer are seen to fill, to be in flight, and to be gone', () => {
  const run = pageRun('producer/a-full-buffer-blocks-and-refuses')
  const seen = new Set<string>()
  let blocked = 0
  for (const at of run.named.producers.flatMap((name) => run.changes.get(producerPath(name)) ?? [])) {
    for (const { producer } of producerScenes(run, at)) {
      for (const [, , place] of producer.batches) seen.add(place)
      blocked = Math.max(blocked, producer.blocked)
      expect(producer.memoryUsed).toBeGreaterThanOrEqual(0)
    }
  }
  expect([...seen].sort()).toEqual(['open', 'ready', 'sent'])
  expect(blocked).toBeGreaterThan(0)
})

test('groups, transactions and batches can be undone like all that is shown', () => {
  const text = traceText(HANGING)
  expect(traceProblems(parsed(text))).toEqual([])
  const end = hanging.stateAt(hanging.length - 1).digest()
  hanging.stateAt(0)
  expect(hanging.stateAt(hanging.length - 1).digest()).toBe(end)
})
