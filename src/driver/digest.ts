/**
 * The two digests of a run. `digest` folds every event: index, time, kind, payload, draws by stream, ledger writes;
 * `history` folds only what mattered: registry writes, what clients were told, the logs at the end.
 */
import type { Digest } from '../kernel/fingerprint.ts'
import { canonical, digestText, emptyDigest, foldNumber, foldText, foldValue } from '../kernel/fingerprint.ts'
import type { StepReport } from '../world/context.ts'
import type { World } from '../world/world.ts'
import { brokerState, eventKey } from '../world/world.ts'

/** Folds one event into the running digest. Notes, probes and checks are left out. */
export function foldEvent(digest: Digest, index: number, report: StepReport): void {
  const { event } = report
  foldNumber(digest, index)
  foldNumber(digest, event.atUs)
  foldNumber(digest, event.id)
  foldText(digest, eventKey(event))
  foldValue(digest, event.body)
  for (const stream of report.draws) foldText(digest, stream)
  for (const { operationId, outcome } of report.completed) {
    foldText(digest, operationId)
    foldValue(digest, outcome)
  }
}

/** What mattered of a finished run, as 16 hexadecimal digits. */
export function historyDigest(world: World): string {
  const digest = emptyDigest()
  for (const write of world.ledger.registryWrites) {
    foldText(digest, `${write.atUs} ${write.path} ${write.write} ${write.version} ${write.by} ${canonical(write.data)}`)
  }
  for (const id of Object.keys(world.ledger.sent).sort()) {
    const sent = world.ledger.sent[id]!
    foldText(digest, `${id} ${sent.outcome} ${sent.error} ${sent.offset} ${sent.answeredAtUs}`)
  }
  for (const broker of world.plan.brokers) {
    const logs = brokerState(world, broker.id)?.durable.logs ?? {}
    for (const partition of Object.keys(logs).sort()) {
      const log = logs[partition]!
      foldText(
        digest,
        `${broker.id} ${partition} ${log.logStartOffset} ${log.logEndOffset} ${canonical(log.epochCache)}`,
      )
      for (const batch of log.batches) {
        foldText(
          digest,
          `${batch.baseOffset} ${batch.leaderEpoch} ${batch.records.map((record) => record.id).join(' ')}`,
        )
      }
    }
  }
  return digestText(digest)
}
