/** Runs one event after the other, each to its end: ControllerEventManager since 0.11 (KAFKA-5028), one lock before. */
import type { SessionResponse } from '../kafka/messages/registry.ts'
import { CONTROLLER_EPOCH } from '../kafka/znodes.ts'
import { abandon, emptyBatch, type Scope, sendAsked } from './scope.ts'
import type { Answer, Step, Waiting } from './step.ts'
import { STEPS } from './steps.ts'
import { onFencedWrite } from './taking-office.ts'

function perform(scope: Scope, step: Step, answers: readonly Answer[]): void {
  const handler = STEPS[step.do] as (scope: Scope, step: Step, answers: readonly Answer[]) => void
  handler(scope, step, answers)
}

/** Works until there is nothing to do, or the registry must answer first. */
export function drain(scope: Scope): void {
  const { state } = scope
  while (!state.shuttingDown) {
    if (state.running === null) {
      const event = state.queue.shift()
      if (event === undefined) return
      state.running = { event: event.do, steps: [event], batch: emptyBatch(), waiting: null }
    }
    if (state.running.waiting !== null) return
    const step = state.running.steps.pop()
    if (step === undefined) state.running = null
    else perform(scope, step, [])
  }
}

/** Takes the answer to one request; the last one of a step lets the event go on. */
export function onSessionResponse(scope: Scope, response: SessionResponse): void {
  const waiting = scope.state.running?.waiting ?? null
  const index = waiting?.requestIds.indexOf(response.requestId) ?? -1
  if (waiting === null || index < 0) return
  waiting.answers[index] = { results: response.results, retried: response.retried }
  if (waiting.answers.some((it) => it === null)) {
    sendAsked(scope)
    return
  }
  const { then, requests } = waiting
  const answers = waiting.answers.map((it) => it!)
  scope.state.running!.waiting = null
  if (answers.some((it) => it.results.some((result) => result.error === 'SESSIONEXPIRED'))) {
    // 1.1+: the exception ends the event; the expiry itself is the next one.
    scope.ctx.probe('controller-event-ended-by-an-expired-session')
    abandon(scope)
  } else {
    const refused = answers.findIndex((answer, i) => isFenceRefusal(requests[i]!, answer))
    if (refused >= 0) onFencedWrite(scope, requests[refused]![1])
    else perform(scope, then, answers)
  }
  drain(scope)
}

/** Whether a write failed by its check of `/controller_epoch` (KAFKA-6082). */
function isFenceRefusal(request: Waiting['requests'][number], answer: Answer): boolean {
  const first = request[0]
  if (first?.op !== 'check' || first.path !== CONTROLLER_EPOCH) return false
  const error = answer.results[0]?.error
  return error === 'BADVERSION' || error === 'NONODE'
}
