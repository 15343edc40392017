/**
 * What the page shows of a world, as a flat map from path to value, with reversible patches. Paths read like a sentence:
 * `replica/orders-0/2/highWatermark`. Logs are lists that grow and shrink at their end.
 */
import type { TopicPartition } from '../../kafka/ids.ts'
import { canonical, digestText, emptyDigest, foldText } from '../../kernel/fingerprint.ts'
import type { Json } from '../../kernel/json.ts'

/** With a producer id: `t` a record of its transaction, `c` the marker that commits it, `a` the one that aborts it. */
export type TransactionMark = `${'t' | 'c' | 'a'}${number}`

/** A record as the page draws it; the epoch is -1 before 0.11, and only records of transactions have a mark. */
export type Cell = readonly [offset: number, epoch: number, id: string, value: string | null, mark?: TransactionMark]

/** What a client was told of one record: identity, partition, offset (-1 unknown), outcome, error, acks (-1 all). */
export type Told = readonly [
  id: string,
  partition: TopicPartition,
  offset: number,
  outcome: 'acked' | 'failed' | 'unknown',
  error: string,
  acks: number,
]

/** A value that changed (path, before, after), or entries that came to the end of a list, or went from it. */
export type ViewPatch =
  | readonly [path: string, before: Json, after: Json]
  | readonly [op: '+' | '-', path: string, entries: readonly Json[]]

export const isListPatch = (patch: ViewPatch): patch is readonly ['+' | '-', string, readonly Json[]] =>
  patch[0] === '+' || patch[0] === '-'

/** The path a patch is about. */
export const pathOf = (patch: ViewPatch): string => (isListPatch(patch) ? patch[1] : patch[0])

/** A list as a prefix of an array that several moments share: a moment costs its length, not its records. */
interface SharedList {
  readonly items: Json[]
  readonly length: number
}

const NO_LIST: SharedList = { items: [], length: 0 }

function grown(list: SharedList, entries: readonly Json[]): SharedList {
  const { items, length } = list
  const follows = entries.every((entry, i) => items[length + i] === entry)
  if (follows) return { items, length: length + entries.length }
  if (items.length === length) {
    items.push(...entries)
    return { items, length: items.length }
  }
  const own = [...items.slice(0, length), ...entries]
  return { items: own, length: own.length }
}

/** The state at one moment. Starts empty: the first event brings what is there from the beginning. */
export class ViewState {
  readonly #values: Map<string, Json>
  readonly #lists: Map<string, SharedList>

  constructor(from: ViewState | null = null) {
    this.#values = new Map(from === null ? [] : from.#values)
    this.#lists = new Map(from === null ? [] : from.#lists)
  }

  get(path: string): Json | undefined {
    return this.#values.get(path)
  }

  /** The entries of a list; a copy. */
  list(path: string): readonly Json[] {
    const { items, length } = this.#lists.get(path) ?? NO_LIST
    return items.slice(0, length)
  }

  listLength(path: string): number {
    return this.#lists.get(path)?.length ?? 0
  }

  paths(): string[] {
    return [...this.#values.keys()].sort()
  }

  redo(patches: readonly ViewPatch[]): void {
    for (const patch of patches) {
      if (!isListPatch(patch)) this.#set(patch[0], patch[2])
      else if (patch[0] === '+') this.#grow(patch[1], patch[2])
      else this.#shrink(patch[1], patch[2].length)
    }
  }

  undo(patches: readonly ViewPatch[]): void {
    for (let i = patches.length - 1; i >= 0; i--) {
      const patch = patches[i]!
      if (!isListPatch(patch)) this.#set(patch[0], patch[1])
      else if (patch[0] === '+') this.#shrink(patch[1], patch[2].length)
      else this.#grow(patch[1], patch[2])
    }
  }

  /** A digest of everything shown; of a list its length and its last entry. */
  digest(): string {
    const digest = emptyDigest()
    for (const path of this.paths()) foldText(digest, `${path}=${canonical(this.#values.get(path))}`)
    for (const path of [...this.#lists.keys()].sort()) {
      const { items, length } = this.#lists.get(path)!
      if (length > 0) foldText(digest, `${path}#${length}=${canonical(items[length - 1])}`)
    }
    return digestText(digest)
  }

  #set(path: string, value: Json): void {
    if (value === null) this.#values.delete(path)
    else this.#values.set(path, value)
  }

  #grow(path: string, entries: readonly Json[]): void {
    this.#lists.set(path, grown(this.#lists.get(path) ?? { items: [], length: 0 }, entries))
  }

  #shrink(path: string, count: number): void {
    const { items, length } = this.#lists.get(path) ?? NO_LIST
    this.#lists.set(path, { items, length: Math.max(0, length - count) })
  }
}

// --- Paths

export const processPath = (process: string): string => `process/${process}`
export const sessionPath = (broker: number): string => `session/${broker}`
export const truthPath = (partition: TopicPartition, field: TruthField): string => `partition/${partition}/${field}`
export const replicaPath = (partition: TopicPartition, broker: number, field: ReplicaField): string =>
  `replica/${partition}/${broker}/${field}`
export const logPath = (partition: TopicPartition, broker: number): string => `log/${partition}/${broker}`
/** How far `leader` believes that `follower` has come. */
export const beliefPath = (partition: TopicPartition, leader: number, follower: number): string =>
  `belief/${partition}/${leader}/${follower}`
export const positionPath = (client: string, partition: TopicPartition): string => `position/${client}/${partition}`
export const groupPath = (group: string): string => `group/${group}`
/** The next offset that a group will read of a partition, as committed. */
export const commitPath = (partition: TopicPartition, group: string): string => `commit/${partition}/${group}`
export const transactionPath = (transactionalId: string): string => `transaction/${transactionalId}`
/** What a producer holds: its batches, memory and identity. */
export const producerPath = (producer: string): string => `producer/${producer}`
export const TOLD = 'told'
export const CONTROLLER = 'controller'
export const LINKS = 'links'
export const HELD = 'held'

export type TruthField = 'leader' | 'leaderEpoch' | 'isr' | 'replicas' | 'version'

export type ReplicaField =
  | 'role'
  | 'leader'
  | 'leaderEpoch'
  | 'isr'
  | 'pendingIsr'
  | 'highWatermark'
  | 'lastStableOffset'
  | 'logStartOffset'
  | 'logEndOffset'
  | 'flushedOffset'
  | 'checkpoint'
  | 'epochCache'
