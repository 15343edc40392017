/** `send`, once and many times. */
import type { CallResult, ClientCall, ReadRecord } from '../../../kafka/calls.ts'
import { filled } from '../../../kafka/records.ts'
import type { Deque } from '../../deque.ts'
import { send } from '../send.ts'
import type { WaitingSend } from '../state.ts'
import type { Calling, CallRule } from './calling.ts'
import { APPLICATION_TIMER, RETURNED } from './calling.ts'

interface Record {
  readonly topic: string
  readonly partition: number | null
  readonly key: string | null
  readonly value: string | null
  readonly madeOf?: ReadRecord
}

/** Calls `send`: the world's ledger knows the record from now on. */
function sendOne(calling: Calling, record: Record): void {
  const { state, memory, application, config, ctx } = calling
  const number = state.sends
  state.sends += 1
  memory.applicationSteps += 1
  const operationId = `${config.name}/call-${number}`
  const { topic, partition, key, value, madeOf } = record
  application.sending = operationId
  application.told = false
  application.thrown = null
  const named = partition === null ? null : `${topic}-${partition}`
  const transaction = memory.transactions?.current ?? null
  const sent = { kind: 'recordSent', operationId, client: config.name, partition: named, key, value } as const
  ctx.fact({
    ...sent,
    ...(transaction === null ? {} : { transaction: transaction.name }),
    ...(madeOf === undefined ? {} : { madeOf }),
  })
  send(
    memory,
    {
      kind: 'send',
      operationId,
      topic,
      partition,
      record: { id: operationId, key, value, timestampMs: Math.floor(ctx.nowUs / 1000) },
    },
    config,
    ctx,
  )
}

const holds = (waiting: Deque<WaitingSend>, operationId: string): boolean => {
  for (let at = waiting.head; at < waiting.tail; at++) {
    if (waiting.items[at]!.operation.operationId === operationId) return true
  }
  return false
}

/** Whether the last `send` still waits for metadata or memory. */
function blocks({ memory, application }: Calling): boolean {
  const { sending, told } = application
  if (sending === null || told) return false
  return holds(memory.waitingForMetadata, sending) || holds(memory.waitingForMemory, sending)
}

/** What `send` gave back: nothing while it blocks. */
function returned(calling: Calling): CallResult | null {
  if (blocks(calling)) return null
  const { thrown } = calling.application
  return thrown === null ? RETURNED : { error: thrown }
}

type SendCall = Extract<ClientCall, { call: 'send' }>

/** The call is over when `send` returned and, if it waits, the record has its result. */
function over(calling: Calling<SendCall>): CallResult | null {
  const { application, call } = calling
  if (call.waits && application.thrown === null && !application.told) return null
  return returned(calling)
}

export const sending: CallRule<SendCall> = {
  begin(calling) {
    sendOne(calling, calling.call)
    return over(calling)
  },
  look: over,
}

type SendManyCall = Extract<ClientCall, { call: 'sendMany' }>

interface Progress {
  /** Number of the record that was sent last. */
  readonly n: number
  /** The next one is not sent before this time; null: the last one has not returned yet. */
  readonly nextAtUs: number | null
  readonly [field: string]: number | null
}

function recordOf(call: SendManyCall, n: number): Record {
  const text = `${call.prefix}${n}`
  const { topic, partition } = call
  return { topic, partition, key: call.keyed ? `k${n}` : null, value: filled(text, text.length + call.padBytes) }
}

/** Goes on as far as nothing blocks: `send`, wait for its result if asked to, pause, and the next. */
function goOn(calling: Calling<SendManyCall>): CallResult | null {
  const { call, running, application, ctx } = calling
  for (;;) {
    const { n, nextAtUs } = running.data as unknown as Progress
    if (nextAtUs === null) {
      if (returned(calling) === null || (call.waits && !application.told)) return null
      if (n + 1 >= call.to) return RETURNED
      running.data = { n, nextAtUs: ctx.nowUs + call.gapUs }
      if (call.gapUs > 0) ctx.setTimer(APPLICATION_TIMER, call.gapUs)
      continue
    }
    if (nextAtUs > ctx.nowUs) return null
    running.data = { n: n + 1, nextAtUs: null }
    sendOne(calling, recordOf(call, n + 1))
    // One record at a time, so that the sender takes what the records before have filled.
    if (!blocks(calling)) return null
  }
}

export const sendingMany: CallRule<SendManyCall> = {
  begin(calling) {
    const { call, running } = calling
    if (call.to <= call.from) return RETURNED
    running.data = { n: call.from, nextAtUs: null }
    sendOne(calling, recordOf(call, call.from))
    return null
  },
  look: goOn,
}
