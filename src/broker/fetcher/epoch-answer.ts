/** What a follower does with the answer to "where does this epoch end". */
import type { TopicPartition } from '../../kafka/ids.ts'
import type { OffsetsForLeaderEpochResponse } from '../../kafka/messages/data.ts'
import { isMutant } from '../../kafka/mutants.ts'
import { sortedKeys } from '../../kernel/sorted-keys.ts'
import { UNDEFINED_OFFSET } from '../../log/epoch-cache.ts'
import { type BrokerContext, logOf, running } from '../running.ts'
import type { BrokerConfig, BrokerState, FetcherState } from '../state.ts'
import type { LeaderAnswer, TruncationDecision } from '../truncation/decision.ts'
import { decideByEpochEnd, isNotBelowLogEnd } from '../truncation/kip-101.ts'
import { decideByEpochPair } from '../truncation/kip-279.ts'
import { answersCurrentEpoch } from '../truncation/kip-320.ts'
import { truncateReplica } from '../truncation/truncate-replica.ts'
import { fencePartition } from './failed-partition.ts'
import { delayPartition, pauseUs } from './fetcher-thread.ts'

type Asked = NonNullable<FetcherState['outstanding']>['partitions']

/** Applies an answer partition by partition; those refused are asked about again after the back-off. */
export function applyEpochAnswer(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  fetcher: FetcherState,
  asked: Asked,
  answer: OffsetsForLeaderEpochResponse,
): void {
  for (const name of sortedKeys(asked)) {
    const end = answer.partitions[name]
    const question = asked[name]!
    const current = fetcher.partitions[name]
    if (end === undefined) continue
    if (current?.phase !== 'truncating' || !answersCurrentEpoch(question.leaderEpoch, current, config.mechanisms)) {
      ctx.probe('epoch-answer-for-a-partition-that-has-moved-on')
      continue
    }
    if (end.error === 'FENCED_LEADER_EPOCH') fencePartition(ctx, config, fetcher, name, question.leaderEpoch)
    else if (end.error !== 'NONE') delayPartition(ctx, current, pauseUs(config))
    else {
      const found = { epoch: end.leaderEpoch, endOffset: end.endOffset }
      truncateByDecision(state, ctx, config, fetcher, name, decide(state, ctx, config, fetcher, name, found))
    }
  }
}

function decide(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  fetcher: FetcherState,
  name: TopicPartition,
  answer: LeaderAnswer,
): TruncationDecision {
  const m = config.mechanisms
  const log = logOf(state, name)
  const { fetchOffset } = fetcher.partitions[name]!
  if (m.truncation !== 'kip-101') return decideByEpochPair(log, answer, fetchOffset, m)
  if (isNotBelowLogEnd(log, answer)) {
    ctx.fact({ kind: 'epochAnswerNotBelowLogEnd', partition: name, end: answer.endOffset })
  }
  // 0.11 falls back to the high watermark of that moment, 1.1 to the fetch offset, which was the high watermark when
  // the partition was added.
  const highWatermark = running(state).partitions[name]?.highWatermark ?? 0
  return decideByEpochEnd(
    log,
    planted(answer, config),
    m.initialFetchOffset === 'log-end' ? highWatermark : fetchOffset,
  )
}

function planted(answer: LeaderAnswer, config: BrokerConfig): LeaderAnswer {
  if (isMutant(config, 'epoch-answer-not-believed')) return { ...answer, endOffset: UNDEFINED_OFFSET }
  if (isMutant(config, 'cut-one-too-little')) return { ...answer, endOffset: answer.endOffset + 1 }
  return answer
}

/** Cuts the log as decided and goes on fetching there, or asks again. */
export function truncateByDecision(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  fetcher: FetcherState,
  name: TopicPartition,
  { to, complete, rule }: TruncationDecision,
): void {
  const current = fetcher.partitions[name]!
  const { leaderEpoch } = current
  if (config.mechanisms.truncationDecisionLogged) {
    ctx.fact({ kind: 'truncationDecided', partition: name, to, rule })
  }
  truncateReplica(state, ctx, config, { partition: name, to, rule, leader: fetcher.leader, leaderEpoch })
  if (!complete) ctx.probe('follower-must-ask-for-another-epoch')
  current.fetchOffset = to
  current.phase = complete ? 'fetching' : 'truncating'
}
