/** Two runs of one story: what only one of them did, where they first part, and what each came to. */
import type { AlignedPair } from '../driver/lockstep.ts'
import { formatTime } from '../kernel/time.ts'
import type { CompareRow } from './compare-rows.ts'
import { cellOf } from './compare-rows.ts'
import type { RunView } from './run-view.ts'
import { nodeWords } from './words.ts'

export interface CompareSide {
  /** `0.10.2`, or the setting that only this side has. */
  readonly label: string
  readonly view: RunView
  readonly rows: readonly CompareRow[]
}

/** `same`: both did it, with the same effect. `other`: both did it, with another. `only`: one did. `moved`: the other did it before or after. */
export type PairKind = 'same' | 'other' | 'only' | 'moved'

export interface ComparedPair {
  readonly kind: PairKind
  readonly left: CompareRow | null
  readonly right: CompareRow | null
}

export interface Divergence {
  /** Index into the pairs. */
  readonly at: number
  readonly left: string
  readonly right: string
}

export interface Comparison {
  readonly title: string
  readonly scenario: string | null
  readonly seed: string
  /** The setting that differs; null: the version does. */
  readonly varied: string | null
  readonly sides: readonly [CompareSide, CompareSide]
  readonly pairs: readonly ComparedPair[]
  /** null: both did the same to the end. */
  readonly divergence: Divergence | null
  readonly repeat: string
}

const kindOf = (left: CompareRow | null, right: CompareRow | null): PairKind => {
  if (left === null || right === null) return 'only'
  return left.effect === right.effect ? 'same' : 'other'
}

/** What stands beside a gap here may stand beside a gap on the other side a little before or after. */
function markMoved(pairs: ComparedPair[]): void {
  const waiting = new Map<string, number[]>()
  for (const [index, { kind, left, right }] of pairs.entries()) {
    if (kind !== 'only') continue
    const row = (left ?? right)!
    const name = (side: 'left' | 'right'): string => `${side} ${row.lane} ${row.key} ${row.effect}`
    const [here, there] = left === null ? (['right', 'left'] as const) : (['left', 'right'] as const)
    const partner = waiting.get(name(there))?.shift()
    if (partner === undefined) {
      const queue = waiting.get(name(here))
      if (queue === undefined) waiting.set(name(here), [index])
      else queue.push(index)
      continue
    }
    pairs[index] = { ...pairs[index]!, kind: 'moved' }
    pairs[partner] = { ...pairs[partner]!, kind: 'moved' }
  }
}

/** Whether a row that the other side lacks, or has otherwise, makes the two stories part. */
const parts = ({ kind, left, right }: ComparedPair): boolean => {
  if (kind === 'other') return true
  return kind === 'only' && ((left ?? right)!.effect !== '' || (left ?? right)!.key.startsWith('step '))
}

/** How far around a gap the same node's questions and decisions explain it. */
const NEAR = 12

/** What the other side did instead, on the same node about the same partition. */
function instead(pairs: readonly ComparedPair[], at: number, side: 'left' | 'right', row: CompareRow): string {
  const near = pairs.slice(Math.max(0, at - NEAR), at + NEAR + 1).flatMap((pair) => {
    const other = pair[side]
    const isOurs = other !== null && other.lane === row.lane && other.partition === row.partition
    return isOurs && pair.kind !== 'same' ? [other] : []
  })
  const explaining = near.filter(({ key }) =>
    /^(asks epoch|is told epoch|truncationDecided|epochAnswer|truncated)/.test(key),
  )
  const later =
    pairs.slice(at).find((pair) => pair[side] !== null && cellOf(pair[side], row.node) !== null)?.[side] ?? null
  const cell = later === null ? null : cellOf(later, row.node)
  const kept =
    row.fact?.kind === 'truncated' && cell !== null && cell.logEndOffset > row.fact.to
      ? `${cell.logEndOffset - row.fact.to === 1 ? `keeps offset ${row.fact.to}` : `keeps offsets ${row.fact.to} to ${cell.logEndOffset - 1}`}`
      : ''
  const done = [...new Set(explaining.map(({ words }) => withoutPartition(words, row)))]
  const did = [...done.slice(0, 2), ...(kept === '' ? [] : [kept])]
  return did.length === 0 ? 'does nothing like it' : did.join(' and ')
}

const withoutPartition = (words: string, { partition }: CompareRow): string =>
  partition !== null && words.startsWith(`${partition}: `) ? words.slice(partition.length + 2) : words

const who = (row: CompareRow): string => (row.node === '' ? '' : `${nodeWords(row.node)} `)

const told = (row: CompareRow): string => `${who(row)}${withoutPartition(row.words, row)}`

function divergenceOf(pairs: readonly ComparedPair[]): Divergence | null {
  const at = pairs.findIndex(parts)
  if (at < 0) return null
  const { left, right } = pairs[at]!
  if (left !== null && right !== null) return { at, left: told(left), right: told(right) }
  const row = (left ?? right)!
  const other = left === null ? 'left' : 'right'
  const words = row.key.startsWith('step ')
    ? 'does not come to this step'
    : `${who(row)}${instead(pairs, at, other, row)}`
  return left === null ? { at, left: words, right: told(row) } : { at, left: told(row), right: words }
}

interface CompareInput {
  readonly varied: string | null
  readonly sides: readonly [CompareSide, CompareSide]
  readonly aligned: readonly AlignedPair[]
  readonly repeat: string
}

export function compareRuns({ varied, sides, aligned, repeat }: CompareInput): Comparison {
  const pairs = aligned.map(({ left, right }): ComparedPair => {
    const a = left === null ? null : sides[0].rows[left]!
    const b = right === null ? null : sides[1].rows[right]!
    return { kind: kindOf(a, b), left: a, right: b }
  })
  markMoved(pairs)
  const { title, scenario, seed } = sides[0].view
  return { title, scenario, seed, varied, sides, pairs, divergence: divergenceOf(pairs), repeat }
}

/** Answers to clients are too many to print where both sides gave the same. */
export const isShown = ({ kind, left, right }: ComparedPair): boolean => {
  const row = (left ?? right)!
  return row.weight !== 'quiet' || kind === 'other' || kind === 'only'
}

/** Flushes of files come by the second and tell no story. */
export const isTold = ({ left, right }: ComparedPair): boolean => (left ?? right)!.fact?.kind !== 'synced'

interface RowJson {
  readonly atUs: number
  readonly event: number
  readonly node: string
  readonly words: string
}

const rowJson = (row: CompareRow | null): RowJson | null =>
  row === null ? null : { atUs: row.atUs, event: row.event, node: row.node, words: row.words }

/** The form of `--json`. */
export function compareJson(comparison: Comparison): object {
  const { divergence, pairs } = comparison
  return {
    version: 1,
    scenario: comparison.scenario,
    title: comparison.title,
    seed: comparison.seed,
    varied: comparison.varied,
    sides: comparison.sides.map(({ label, view }) => ({
      label,
      kafka: view.kafka,
      outcome: view.outcome,
      acked: view.counted.acked,
      lost: view.counted.lost,
      duplicated: view.counted.duplicated,
      broken: view.verdicts.filter(({ kind, held }) => kind === 'property' && !held).map(({ name }) => name),
      digest: view.digest,
      history: view.history,
    })),
    divergence:
      divergence === null
        ? null
        : {
            at: formatTime((pairs[divergence.at]!.left ?? pairs[divergence.at]!.right)!.atUs),
            left: divergence.left,
            right: divergence.right,
          },
    rows: pairs.filter(isShown).map(({ kind, left, right }) => ({ kind, left: rowJson(left), right: rowJson(right) })),
    repeat: comparison.repeat,
  }
}
