/**
 * Two runs laid side by side. What both have in the same order of steps and client operations (the anchors) is aligned
 * first; between two anchors each node's own sequence is aligned by the longest common subsequence of its keys. What
 * only one run has stands beside a gap.
 */

/** One thing that happened in a run, named so that the same thing in another run has the same name. */
export interface LockItem {
  /** What happened and about what, without times, versions and ids of events. */
  readonly key: string
  /** Who did it: orders are only compared within a lane. */
  readonly lane: string
  /** A step of the plan or the answer to a client: it happens once in a run, whatever else does. */
  readonly anchor: boolean
  readonly atUs: number
}

/** Indices into both lists; null: that run has nothing like it here. */
export interface AlignedPair {
  readonly left: number | null
  readonly right: number | null
}

/** Larger tables are not filled: what is then left over stands beside gaps. */
const MOST_CELLS = 4_000_000

/** Pairs of indices whose keys agree, ascending on both sides, as many as possible. */
function commonKeys(left: readonly string[], right: readonly string[]): [number, number][] {
  const pairs: [number, number][] = []
  let from = 0
  while (from < left.length && from < right.length && left[from] === right[from]) {
    pairs.push([from, from])
    from += 1
  }
  let leftEnd = left.length
  let rightEnd = right.length
  const tail: [number, number][] = []
  while (leftEnd > from && rightEnd > from && left[leftEnd - 1] === right[rightEnd - 1]) {
    leftEnd -= 1
    rightEnd -= 1
    tail.push([leftEnd, rightEnd])
  }
  const rows = leftEnd - from
  const columns = rightEnd - from
  if (rows > 0 && columns > 0 && rows * columns <= MOST_CELLS) {
    const width = columns + 1
    const longest = new Uint32Array((rows + 1) * width)
    for (let i = rows - 1; i >= 0; i--) {
      for (let j = columns - 1; j >= 0; j--) {
        longest[i * width + j] =
          left[from + i] === right[from + j]
            ? longest[(i + 1) * width + j + 1]! + 1
            : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!)
      }
    }
    for (let i = 0, j = 0; i < rows && j < columns; ) {
      if (left[from + i] === right[from + j]) {
        pairs.push([from + i, from + j])
        i += 1
        j += 1
      } else if (longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!) i += 1
      else j += 1
    }
  }
  return [...pairs, ...tail.reverse()]
}

/** Of pairs in the order of their left index, the most whose right indices ascend too. */
function ascending(pairs: readonly [number, number][]): [number, number][] {
  const before: number[] = []
  /** Index of the pair that ends the shortest possible chain of each length. */
  const ends: number[] = []
  for (const [index, [, right]] of pairs.entries()) {
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (pairs[ends[middle]!]![1] < right) low = middle + 1
      else high = middle
    }
    before[index] = low === 0 ? -1 : ends[low - 1]!
    ends[low] = index
  }
  const chain: [number, number][] = []
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at]!) chain.push(pairs[at]!)
  return chain.reverse()
}

/** The anchors that both runs have, in an order that both have them in. */
function commonAnchors(left: readonly LockItem[], right: readonly LockItem[]): [number, number][] {
  const places = new Map<string, number>()
  for (const [index, item] of right.entries()) if (item.anchor) places.set(item.key, index)
  const pairs = left.flatMap((item, index): [number, number][] => {
    const place = item.anchor ? places.get(item.key) : undefined
    return place === undefined ? [] : [[index, place]]
  })
  return ascending(pairs)
}

interface Stretch {
  readonly left: readonly [from: number, to: number]
  readonly right: readonly [from: number, to: number]
}

/** Matches within a stretch, lane by lane: the right index of each left one. */
function matchLanes(left: readonly LockItem[], right: readonly LockItem[], stretch: Stretch): Map<number, number> {
  const laneOf = (items: readonly LockItem[], [from, to]: readonly [number, number]): Map<string, number[]> => {
    const lanes = new Map<string, number[]>()
    for (let index = from; index < to; index++) {
      const { lane } = items[index]!
      const known = lanes.get(lane)
      if (known === undefined) lanes.set(lane, [index])
      else known.push(index)
    }
    return lanes
  }
  const matches = new Map<number, number>()
  const ours = laneOf(left, stretch.left)
  const theirs = laneOf(right, stretch.right)
  for (const [lane, indices] of ours) {
    const others = theirs.get(lane) ?? []
    const common = commonKeys(
      indices.map((index) => left[index]!.key),
      others.map((index) => right[index]!.key),
    )
    for (const [a, b] of common) matches.set(indices[a]!, others[b]!)
  }
  return matches
}

/** Both sides of a stretch in one list: the order of the left run, and of the right one wherever lanes do not cross. */
function mergeStretch(left: readonly LockItem[], right: readonly LockItem[], stretch: Stretch): AlignedPair[] {
  const matches = matchLanes(left, right, stretch)
  const matched = new Set(matches.values())
  const merged: AlignedPair[] = []
  const startLeft = left[stretch.left[0] - 1]?.atUs ?? 0
  const startRight = right[stretch.right[0] - 1]?.atUs ?? 0
  let j = stretch.right[0]
  const done = new Set<number>()
  const skipDone = (): void => {
    while (j < stretch.right[1] && done.has(j)) j += 1
  }
  for (let i = stretch.left[0]; i < stretch.left[1]; i++) {
    const partner = matches.get(i) ?? null
    skipDone()
    // What only the right run has comes before what it came before there.
    while (j < stretch.right[1] && !matched.has(j)) {
      const isBeforePartner = partner !== null && j < partner
      const isEarlier = right[j]!.atUs - startRight < left[i]!.atUs - startLeft
      if (!isBeforePartner && !isEarlier) break
      merged.push({ left: null, right: j })
      done.add(j)
      skipDone()
    }
    merged.push({ left: i, right: partner })
    if (partner !== null) done.add(partner)
  }
  for (skipDone(); j < stretch.right[1]; skipDone()) {
    if (!matched.has(j)) merged.push({ left: null, right: j })
    done.add(j)
  }
  return merged
}

/** Lays two runs side by side. Every index of both lists is in exactly one pair. */
export function align(left: readonly LockItem[], right: readonly LockItem[]): AlignedPair[] {
  const anchors = commonAnchors(left, right)
  const aligned: AlignedPair[] = []
  let a = 0
  let b = 0
  for (const [i, j] of [...anchors, [left.length, right.length] as const]) {
    aligned.push(...mergeStretch(left, right, { left: [a, i], right: [b, j] }))
    if (i < left.length) aligned.push({ left: i, right: j })
    a = i + 1
    b = j + 1
  }
  return aligned
}
