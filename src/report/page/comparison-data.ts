/** Two runs side by side, as a page needs it: pairs of events, and where the stories part. */
import type { Comparison, PairKind } from '../compare.ts'
import { isShown, isTold } from '../compare.ts'
import type { CompareRow } from '../compare-rows.ts'

interface PagePairSide {
  readonly event: number
  readonly words: string
  readonly node: string
}

interface PagePair {
  readonly kind: PairKind
  readonly left: PagePairSide | null
  readonly right: PagePairSide | null
}

export interface PageComparison {
  readonly labels: readonly [string, string]
  /** The setting that differs; null: the version does. */
  readonly varied: string | null
  readonly pairs: readonly PagePair[]
  /** Index into the pairs, and each side in words; null: both did the same to the end. */
  readonly divergence: { readonly at: number; readonly left: string; readonly right: string } | null
}

const side = (row: CompareRow | null): PagePairSide | null =>
  row === null ? null : { event: row.event, words: row.words, node: row.node }

export function pageComparison({ sides, varied, pairs, divergence }: Comparison): PageComparison {
  const kept = pairs
    .map((pair, index) => ({ pair, index }))
    .filter(({ pair, index }) => (isShown(pair) && isTold(pair)) || index === divergence?.at)
  return {
    labels: [sides[0].label, sides[1].label],
    varied,
    pairs: kept.map(({ pair }) => ({ kind: pair.kind, left: side(pair.left), right: side(pair.right) })),
    divergence:
      divergence === null
        ? null
        : {
            at: kept.findIndex(({ index }) => index === divergence.at),
            left: divergence.left,
            right: divergence.right,
          },
  }
}
