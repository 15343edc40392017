/** `partitionsFor`: the topic's partitions, waiting for metadata. */

import type { ClientCall } from '../../../kafka/calls.ts'
import { partitionsOf } from '../../cluster-view.ts'
import { wantTopic } from '../metadata.ts'
import { maxBlockUs } from '../timeouts.ts'
import type { Calling, CallRule } from './calling.ts'
import { APPLICATION_TIMER, RETURNED } from './calling.ts'

type AskCall = Extract<ClientCall, { call: 'partitionsFor' }>

const isKnown = ({ memory, call }: Calling<AskCall>): boolean =>
  (partitionsOf(memory.view, call.topic)?.length ?? 0) > 0

export const askingPartitions: CallRule<AskCall> = {
  begin(calling) {
    if (isKnown(calling)) return RETURNED
    const { memory, call, ctx, config } = calling
    wantTopic(memory, call.topic)
    ctx.setTimer(APPLICATION_TIMER, maxBlockUs(config))
    return null
  },
  look(calling) {
    if (isKnown(calling)) {
      calling.ctx.cancelTimer(APPLICATION_TIMER)
      return RETURNED
    }
    const isOver = calling.ctx.nowUs >= calling.running.sinceUs + maxBlockUs(calling.config)
    return isOver ? { error: ['TimeoutException'] } : null
  },
}
