/** Settled points: states, registrations, the controller, logs and files. */
import type { TopicPartition } from '../kafka/ids.ts'
import type { Check, FileRule } from './check.ts'
import type { Comparison } from './comparison.ts'
import { printedIsr, sameIsr } from './comparison.ts'
import type { ReplicaFields, StateFields } from './recording.ts'
import type { Replay, ReplicaView, StateView, View } from './replay.ts'

type Of<Kind extends Check['kind']> = Extract<Check, { kind: Kind }>

export function compareSnapshot(check: Of<'snapshot'>, replay: Replay, to: Comparison): void {
  const view = replay.view(check.observation)
  if (view === null) return
  const { label, seen } = check
  if (seen.live !== undefined)
    to.equal(
      label,
      'live brokers',
      [...seen.live].sort((a, b) => a - b),
      view.live,
    )
  if (seen.controller !== undefined) {
    const { broker, epoch } = seen.controller
    if (broker !== undefined) to.equal(label, 'controller', broker, view.controller?.broker ?? null)
    if (epoch !== undefined && view.controller !== null)
      to.equal(label, 'controller epoch', epoch, view.controller.epoch)
  }
  for (const partition of Object.keys(seen.partitions).sort()) {
    const { state, replicas } = seen.partitions[partition]!
    const ours = view.partitions[partition]
    compareState({ label, partition, atMs: check.atMs }, state, ours?.state ?? null, replay, to)
    for (const broker of Object.keys(replicas)) {
      const where = `${partition} on broker ${broker}`
      const replica = ours?.replicas[broker]
      compareReplica(label, where, replicas[broker]!, replica, to, check.rolesJustChanged === true)
      if (replica !== undefined)
        compareFiles(check, { partition, broker, where, files: check.files }, replicas[broker]!, replica, replay, to)
    }
  }
}

export function compareStates(check: Of<'states'>, replay: Replay, to: Comparison): void {
  const view = replay.view(check.observation)
  if (view === null) return
  for (const partition of Object.keys(check.states).sort()) {
    const ours = view.partitions[partition]?.state ?? null
    compareState({ label: check.label, partition, atMs: check.atMs }, check.states[partition]!, ours, replay, to)
  }
}

export function compareLogs(check: Of<'logs'>, replay: Replay, to: Comparison): void {
  const view = replay.view(check.observation)
  if (view === null) return
  for (const broker of Object.keys(check.replicas)) {
    const ours = view.partitions[check.partition]?.replicas[broker]
    compareReplica(check.label, `${check.partition} on broker ${broker}`, check.replicas[broker]!, ours, to)
  }
}

export function compareHighWatermarks(check: Of<'highWatermarks'>, replay: Replay, to: Comparison): void {
  const view = replay.view(check.observation)
  if (view === null) return
  for (const broker of Object.keys(check.byBroker)) {
    const ours = view.partitions[check.partition]?.replicas[broker]?.highWatermark ?? null
    to.equal(check.label, `high watermark of broker ${broker}`, check.byBroker[broker], ours)
  }
}

export function compareProcess(check: Of<'process'>, replay: Replay, to: Comparison): void {
  const { seen, label } = check
  const view = replay.view(check.observation)
  const process = view?.processes[seen.broker]
  if (view === null || process === undefined) return
  const alive = process.state !== 'down'
  to.equal(label, 'alive', seen.alive, alive)
  if (seen.listening !== undefined)
    to.equal(label, 'listening', seen.listening, alive && process.phase !== null && process.phase !== 'hung')
  if (seen.registered !== undefined) to.equal(label, 'registered', seen.registered, view.live.includes(seen.broker))
  if (seen.exitCode !== null) to.equal(label, 'exit code', seen.exitCode, process.exitCode)
}

export function compareExitCode(check: Of<'exitCode'>, replay: Replay, to: Comparison): void {
  const process = replay.view(check.observation)?.processes[check.broker]
  if (process !== undefined && check.code !== null) to.equal(check.label, 'exit code', check.code, process.exitCode)
}

function compareState(
  where: { readonly label: string; readonly partition: TopicPartition; readonly atMs: number },
  recorded: StateFields | null,
  ours: StateView | null,
  replay: Replay,
  to: Comparison,
): void {
  const { label, partition } = where
  if (recorded === null || ours === null) {
    to.equal(label, `state of ${partition}`, recorded === null ? null : 'a state', ours === null ? null : 'a state')
    return
  }
  to.equal(label, `${partition} leader`, recorded.leader, ours.leader)
  to.equal(label, `${partition} leader epoch`, recorded.leaderEpoch, ours.leaderEpoch)
  const same = sameIsr(recorded.isr, ours.isr, replay.freeBrokers(where.atMs), true)
  to.holds(label, `${partition} ISR`, same, printedIsr(recorded.isr), printedIsr(ours.isr))
  if (recorded.controllerEpoch !== undefined) {
    to.equal(label, `${partition} controller epoch`, recorded.controllerEpoch, ours.controllerEpoch)
  }
  if (recorded.version !== undefined) to.equal(label, `${partition} version`, recorded.version, ours.version)
}

const printedRecords = (records: readonly (readonly [number, number, string | null])[]): string =>
  records.length === 0
    ? 'none'
    : records.map(([offset, epoch, value]) => `${offset}:${value}${epoch < 0 ? '' : `(e${epoch})`}`).join(' ')

function compareReplica(
  label: string,
  where: string,
  recorded: ReplicaFields,
  ours: ReplicaView | undefined,
  to: Comparison,
  rolesJustChanged = false,
): void {
  if (ours === undefined) {
    // A broker that has not heard of a partition yet has no log of it, and neither has an empty one anything to lose.
    const empty = (recorded.logEndOffset ?? 0) === 0
    to.holds(label, where, empty, `a log that ends at ${recorded.logEndOffset ?? 0}`, 'no log')
    return
  }
  to.equal(label, `${where}: process up`, recorded.up, ours.up)
  if (recorded.logEndOffset !== null)
    to.equal(label, `${where}: log end offset`, recorded.logEndOffset, ours.logEndOffset)
  if (recorded.records !== undefined) {
    const [theirs, own] = [printedRecords(recorded.records), printedRecords(ours.records)]
    to.holds(label, `${where}: records`, theirs === own, theirs, own)
  }
  if (recorded.epochCache === undefined) return
  // What a new leader enters at its election, and a follower cuts, lies at the end of the log.
  const settled = (cache: readonly (readonly [number, number])[]): typeof cache =>
    rolesJustChanged ? cache.filter(([, start]) => start < ours.logEndOffset) : cache
  to.equal(label, `${where}: epoch cache`, settled(recorded.epochCache), settled(ours.epochCache))
}

/** Files written on a timer: at most the highest value in memory, and the present one once the timer has passed. */
function compareFiles(
  check: Of<'snapshot'>,
  at: { readonly partition: TopicPartition; readonly broker: string; readonly where: string; readonly files: FileRule },
  recorded: ReplicaFields,
  ours: ReplicaView,
  replay: Replay,
  to: Comparison,
): void {
  const { label } = check
  const views = replay.viewsUntil(check.observation)
  if (recorded.highWatermarkCheckpoint !== undefined) {
    const theirs = recorded.highWatermarkCheckpoint ?? 0
    const highest = highestInMemory(views, at.partition, at.broker, replay)
    to.holds(
      label,
      `${at.where}: high watermark in its file`,
      theirs <= highest,
      String(theirs),
      `at most ${highest} in memory`,
    )
    const settled = recorded.up && ours.role !== null && at.files.quietMs > (at.files.settledAfterMs[at.broker] ?? 0)
    if (settled) {
      const own = ours.highWatermarkCheckpoint ?? 0
      to.holds(label, `${at.where}: settled high watermark in its file`, theirs === own, String(theirs), String(own))
    }
  }
  if (recorded.recoveryPoint !== undefined && recorded.recoveryPoint !== null) {
    const ends = views.map((view) => view.partitions[at.partition]?.replicas[at.broker]?.logEndOffset ?? 0)
    const highest = Math.max(0, ...ends)
    to.holds(
      label,
      `${at.where}: recovery point`,
      recorded.recoveryPoint <= highest,
      String(recorded.recoveryPoint),
      `at most ${highest}`,
    )
  }
}

function highestInMemory(views: readonly View[], partition: TopicPartition, broker: string, replay: Replay): number {
  let highest = 0
  for (const view of views) {
    const replica = view.partitions[partition]?.replicas[broker]
    highest = Math.max(highest, replica?.highWatermark ?? 0, replica?.highWatermarkCheckpoint ?? 0)
  }
  // Between two looks a leader's own moves are on record.
  for (const { node, fact } of replay.result.world.ledger.facts) {
    if (fact.kind === 'highWatermark' && fact.partition === partition && node === `broker-${broker}`)
      highest = Math.max(highest, fact.to)
  }
  return highest
}
