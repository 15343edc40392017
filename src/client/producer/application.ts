/** The application's thread in front of a producer: its calls, one after another, and which of them block. */
import type { CallOperation } from '../../kafka/operations.ts'
import { returnCall } from '../callers.ts'
import { popFront, pushBack } from '../deque.ts'
import type { ClientContext } from '../links.ts'
import type { Calling, CallRule } from './calls/calling.ts'
import { newApplication } from './calls/calling.ts'
import { CALL_RULES } from './calls/rules.ts'
import type { ProducerConfig, ProducerState, ProducerVolatile } from './state.ts'

export function takeCall(memory: ProducerVolatile, operation: CallOperation): void {
  memory.application ??= newApplication()
  pushBack(memory.application.waiting, operation)
}

/** Runs the thread as far as it comes; true when the sender has something new to look at. */
export function runApplication(state: ProducerState, config: ProducerConfig, ctx: ClientContext): boolean {
  const memory = state.volatile
  const application = memory?.application ?? null
  if (memory === null || application === null) return false
  let moved = false
  for (;;) {
    let begins = false
    if (application.running === null) {
      const operation = popFront(application.waiting)
      if (operation === null) return moved
      application.running = { operation, sinceUs: ctx.nowUs, data: null }
      begins = true
    }
    const { running } = application
    const { call } = running.operation
    const rule = CALL_RULES[call.call] as CallRule | undefined
    const calling: Calling = { state, memory, application, running, call, config, ctx }
    const before = memory.applicationSteps
    const result =
      rule === undefined
        ? { error: ['UnsupportedOperationException'] }
        : begins
          ? rule.begin(calling)
          : rule.look(calling)
    moved ||= begins || memory.applicationSteps !== before
    if (result === null) return moved
    application.running = null
    moved = true
    returnCall(running.operation, result, ctx)
    if (application.closed) return true
  }
}
