/** To which partitions the records of a `sendMany` went, one after another. */
import { splitTopicPartition } from '../../kafka/ids.ts'
import type { ClientsEntry } from './recording.ts'
import { listOf, numberOf } from './recording.ts'
import type { Look, SawRule } from './rule.ts'
import type { ClientsScript } from './script.ts'
import { sentBy } from './sent.ts'

/** The `sendMany` that a sequence belongs to: the last one before it. */
function sendManyBefore(index: number, script: ClientsScript): ClientsEntry | null {
  return (
    script.recording.entries
      .slice(0, index)
      .filter((each) => each.do === 'sendMany')
      .at(-1) ?? null
  )
}

const countOf = (call: ClientsEntry): number => (numberOf(call, 'to') ?? 0) - (numberOf(call, 'from') ?? 0)

type Runs = readonly (readonly [partition: number, length: number])[]

function runsOf(sequence: readonly number[]): Runs {
  const runs: [number, number][] = []
  for (const partition of sequence) {
    const last = runs.at(-1)
    if (last !== undefined && last[0] === partition) last[1] += 1
    else runs.push([partition, 1])
  }
  return runs
}

function recordedRuns(entry: ClientsEntry): Runs {
  const sequence = listOf(entry, 'sequence') as readonly number[] | null
  return sequence === null ? ((listOf(entry, 'runs') ?? []) as unknown as Runs) : runsOf(sequence)
}

const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b)

/** How long the sequence is until it repeats itself all along with every partition once in it; null: it does not. */
function periodOf(runs: Runs): number | null {
  const partitions = runs.map(([partition]) => partition)
  const period = new Set(partitions).size
  const repeats = partitions.every((partition, n) => n < period || partition === partitions[n - period])
  return runs.every(([, length]) => length === 1) && period > 1 && repeats ? period : null
}

/** The shortest stay on a partition, without the first and the last one, which begin and end anywhere. */
const shortestStay = (runs: Runs): number | null => {
  const stays = runs.slice(1, -1).map(([, length]) => length)
  return stays.length === 0 ? null : Math.min(...stays)
}

/** Stays whose length a timer decides may be longer or shorter by as many records as fit between two of its looks. */
const NEARLY = 1

/**
 * Which partition comes next is chance, so the shape is compared: whether it goes round and over how many, how long it
 * stays on one, whether it leaves partitions without a leader out.
 */
function compareShapes(look: Look, recorded: Runs, ours: Runs, leaderless: readonly number[]): Comparisons {
  const { label } = look
  const stay = shortestStay(recorded)
  const ownStay = shortestStay(ours)
  const nearly = Math.max(NEARLY, Math.round((stay ?? 0) * 0.05))
  return [
    [
      label,
      'goes round over',
      String(periodOf(recorded)),
      String(periodOf(ours)),
      periodOf(recorded) === periodOf(ours),
    ],
    [
      label,
      'shortest stay on a partition',
      String(stay ?? 'one stay'),
      String(ownStay ?? 'one stay'),
      stay === null || ownStay === null
        ? (stay ?? 0) <= 1 && (ownStay ?? 0) <= 1
          ? stay === ownStay
          : stay === ownStay
        : Math.abs(stay - ownStay) <= nearly,
    ],
    [
      label,
      'partitions without a leader',
      String(recorded.some(([partition]) => leaderless.includes(partition))),
      String(ours.some(([partition]) => leaderless.includes(partition))),
      recorded.some(([partition]) => leaderless.includes(partition)) ===
        ours.some(([partition]) => leaderless.includes(partition)),
    ],
  ]
}

type Comparisons = readonly (readonly [label: string, field: string, recorded: string, ours: string, holds: boolean])[]

/** Partitions that the recording last saw without a leader. */
function leaderlessAt(index: number, script: ClientsScript): number[] {
  const leaders = new Map<number, number>()
  for (const entry of script.recording.entries.slice(0, index)) {
    if (entry.do === 'crash') {
      for (const [number, replicas] of assignmentOf(script)) {
        if (replicas.length === 1 && replicas[0] === entry.broker) leaders.set(number, -1)
      }
    }
    if (entry.saw === 'state' && typeof entry.partition === 'string') {
      leaders.set(splitTopicPartition(entry.partition).partition, numberOf(entry, 'leader') ?? -1)
    }
  }
  return sorted([...leaders].filter(([, leader]) => leader < 0).map(([partition]) => partition))
}

const assignmentOf = (script: ClientsScript): [number, readonly number[]][] =>
  script.recording.entries.flatMap((entry) =>
    entry.do === 'createTopic'
      ? Object.entries(entry.assignment as Record<string, readonly number[]>).map(
          ([number, replicas]): [number, readonly number[]] => [Number(number), replicas],
        )
      : [],
  )

const partitions: SawRule = {
  when: (_, script) => {
    const call = sendManyBefore(script.index, script)
    const client = call === null ? null : script.client(String(call.client), 'producer')
    if (call === null || client === null) return null
    return { when: 'told', client, count: { atLeast: countOf(call) } }
  },
  compare: (look, to) => {
    const { world, entry, script, index, label } = look
    const call = sendManyBefore(index, script)
    const client = call === null ? null : script.client(String(call.client), 'producer')
    if (call === null || client === null) return
    const sequence = sentBy(world, client)
      .slice(-countOf(call))
      .map(({ partition }) => (partition === null ? -1 : splitTopicPartition(partition).partition))
    if (call.keyed !== undefined && call.keyed !== false) {
      to.equal(label, 'sequence', listOf(entry, 'sequence'), sequence)
      return
    }
    const compared = compareShapes(look, recordedRuns(entry), runsOf(sequence), leaderlessAt(index, script))
    for (const [of, field, recorded, ours, holds] of compared) to.holds(of, field, holds, recorded, ours)
  },
}

export const PARTITIONS_SEEN: Readonly<Record<string, SawRule>> = { partitions }
