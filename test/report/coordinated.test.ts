/** Groups and transactions as text and JSON: what kafka-consumer-groups and kafka-transactions would show of the run. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { simulate } from '../../src/driver/simulate.ts'
import { groupBlocks, transactionBlocks } from '../../src/report/coordinated-document.ts'
import type { Block } from '../../src/report/document.ts'
import { plainText } from '../../src/report/document.ts'
import { partitionBlocks, runDocument } from '../../src/report/run-document.ts'
import { runJson } from '../../src/report/run-json.ts'
import { type RunView, report } from '../../src/report/run-view.ts'
import { bundledPlan } from './page/plans.ts'

const viewOf = (name: string, untilUs?: number): RunView =>
  report(simulate(bundledPlan(name), untilUs === undefined ? {} : { untilUs }))

/** Paragraphs as their words, rows of tables as cells between bars. */
const said = (blocks: readonly Block[]): string[] =>
  blocks.flatMap((block) => {
    if (block.kind === 'paragraph') return [plainText(block.line)]
    if (block.kind === 'heading') return [block.text]
    return block.kind === 'table' ? block.rows.map((row) => row.map(plainText).join(' | ')) : []
  })

const schema = z.fromJSONSchema(
  JSON.parse(readFileSync(new URL('../../schema/run.schema.json', import.meta.url), 'utf8')),
)

const problems = (view: RunView): string => {
  const parsed = schema.safeParse(JSON.parse(JSON.stringify(runJson(view))))
  return parsed.success ? '' : z.prettifyError(parsed.error)
}

test('a classic group is shown with its generation, who owns what, and the lag of each partition', () => {
  const view = viewOf('groups/cooperative-rebalance', 17_000_000)
  const lines = said(groupBlocks(view))
  expect(lines).toContain('billing | classic | Stable | 3 | cooperative-sticky | broker 1 | 3 | 226')
  expect(lines).toContain('billing | orders-0 | 127 | 160 | 33 | c-8acc12060000 | – | c')
  expect(runJson(view).groups.billing).toMatchObject({
    protocol: 'classic',
    generation: 3,
    offsets: { 'orders-0': { committed: 127, logEnd: 160, lag: 33, member: 'c-8acc12060000' } },
  })
  expect(problems(view)).toBe('')
})

test('while a group rebalances nobody owns anything, and its committed offsets stay', () => {
  const rebalancing = viewOf('groups/cooperative-rebalance', 13_300_000)
  const [group] = rebalancing.groups
  expect(group).toMatchObject({ state: 'PreparingRebalance', generation: 2 })
  expect(group!.offsets.every(({ member, committed }) => member === null && committed >= 0)).toBe(true)
  expect(group!.members).toHaveLength(3)
})

test('groups of KIP-848 have an epoch and their members a state; those of 0.8 are read from the registry', () => {
  const next = viewOf('groups/kip-848-partitions-move-one-by-one', 14_000_000)
  expect(said(groupBlocks(next))[1]).toMatch(/^billing \| consumer \(KIP-848\) \| Stable \| 2 \| uniform \| broker 2/)
  expect(next.groups[0]!.members[0]!.state).toBe('STABLE')
  expect(problems(next)).toBe('')
  const old = viewOf('groups/consumers-of-0-8-share-by-zookeeper')
  expect(old.groups[0]).toMatchObject({ protocol: 'registry', coordinator: -1, generation: -1 })
  expect(said(groupBlocks(old))).toContain('billing | orders-0 | 195 | 490 | 295 | billing_first | – | first')
  expect(problems(old)).toBe('')
})

test('an open transaction is shown while it is open, and one that no coordinator knows is called so', () => {
  const name = 'transactions/a-hanging-transaction'
  const open = viewOf(name, 13_100_000)
  expect(said(transactionBlocks(open))[1]).toMatch(
    /^\S+ \| 0 \| 0 \| Ongoing \| orders-0 \| 00:03\.\d+ \| 60 s \| broker 2/,
  )
  const hanging = viewOf(name)
  expect(said(transactionBlocks(hanging))).toContain(
    'Open and unknown to any coordinator: orders-0 from offset 1, producer 0.',
  )
  expect(said(partitionBlocks(hanging)).join('\n')).toMatch(/orders-0 .* 2 LSO 1 /)
  expect(runJson(hanging)).toMatchObject({
    transactions: { stray: [{ partition: 'orders-0', producerId: 0, firstOffset: 1 }] },
    partitions: { 'orders-0': { highWatermark: 2, lastStableOffset: 1 } },
  })
  expect(problems(hanging)).toBe('')
})

test('aborted transactions are told as ranges of offsets, each with its producer', () => {
  const view = viewOf('transactions/crashes-at-every-step-of-consume-transform-produce')
  expect(said(transactionBlocks(view))).toContain('Aborted in out-0, by producer: 0..6 (1), 1..7 (3).')
})

test('a run without groups and transactions says nothing of them', () => {
  const view = viewOf('history/kip-101-truncation-loses-acked-record')
  const text = said(runDocument(view, { width: 100, timelineRows: 10 })).join('\n')
  expect(text).not.toMatch(/Groups at|Transactions at|LSO \d|Aborted in/)
  expect(runJson(view)).toMatchObject({ groups: {}, transactions: { ids: {}, stray: [] } })
  expect(problems(view)).toBe('')
})
