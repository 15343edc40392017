/** Raw requests of steps: one at a time or in a loop, each answered into the ledger under its label. */
import { ADMIN_NODE } from '../kafka/ids.ts'
import type { RawRequest } from '../kafka/operations.ts'
import type { Json } from '../kernel/json.ts'
import type { StepReport } from './context.ts'
import { drawFrom } from './context.ts'
import type { Host } from './host.ts'
import { enterSent } from './ledger.ts'
import { nextKey, schedule } from './pending.ts'
import type { Action } from './plan.ts'
import { resolveTarget } from './targets.ts'
import type { World } from './world.ts'

export type RequestAction = Action & { do: 'request' }
export type LoopAction = Action & { do: 'requestLoop' }

/** The records of a request as they are sent now: their identity is the label and their number in the request. */
function stamped(world: World, request: RawRequest, label: string): RawRequest {
  if (request.request !== 'produce') return request
  const timestampMs = Math.floor(world.nowUs / 1000)
  const records = request.records.map((record, i) => ({ ...record, id: `${label}/${i}`, timestampMs }))
  for (const record of records) {
    enterSent(world, {
      id: record.id,
      client: 'request',
      partition: request.partition,
      value: record.value,
      key: record.key,
      sentAtUs: world.nowUs,
      acks: request.acks,
    })
  }
  return { ...request, records }
}

/** Sends one raw request to the broker a target means now; returns its process, or null when nobody has the role. */
export function sendRequest(world: World, host: Host, report: StepReport, action: Omit<RequestAction, 'do'>): string | null {
  const { label } = action
  world.ledger.requests[label] = { label, sentAtUs: world.nowUs, answeredAtUs: null, result: null }
  const draw = (): number => drawFrom(world, host, report, 'fault.target/random')
  const process = resolveTarget(world, action.target, draw)[0]
  if (process === undefined) {
    world.ledger.requests[label] = { label, sentAtUs: world.nowUs, answeredAtUs: world.nowUs, result: { error: 'LEADER_NOT_AVAILABLE' } }
    return null
  }
  schedule(world, host, {
    atUs: world.nowUs,
    cause: [report.event.id],
    key: nextKey(world, `${ADMIN_NODE}/request`),
    rule: 'asked by a step',
    body: {
      kind: 'operation',
      to: ADMIN_NODE,
      operation: {
        kind: 'request',
        operationId: label,
        broker: Number(process.slice(process.lastIndexOf('-') + 1)),
        socketTimeoutMs: Math.round(action.socketTimeoutUs / 1000),
        request: stamped(world, action.request, label),
      },
    },
  })
  return process
}

/** In a loop that counts, record values are the given ones with the number of the request behind them. */
function numbered(request: RawRequest, n: number): RawRequest {
  if (request.request !== 'produce') return request
  return { ...request, records: request.records.map((record) => ({ ...record, value: `${record.value ?? ''}${n}` })) }
}

/** Starts a loop with its first request. */
export function startLoop(world: World, host: Host, report: StepReport, action: LoopAction): string | null {
  world.requestLoops[action.label] = { sent: 0, stopped: false }
  world.ledger.requests[action.label] = { label: action.label, sentAtUs: world.nowUs, answeredAtUs: null, result: null }
  return continueLoop(world, host, report, action)
}

export function continueLoop(world: World, host: Host, report: StepReport, action: LoopAction): string | null {
  const loop = world.requestLoops[action.label]
  if (loop === undefined) return null
  if (loop.stopped) {
    endLoop(world, action.label, { sent: loop.sent })
    return null
  }
  const request = action.until === 'accepted' ? action.request : numbered(action.request, loop.sent)
  const label = `${action.label}/${loop.sent}`
  loop.sent += 1
  world.loopRequests[label] = action
  return sendRequest(world, host, report, { ...action, request, label })
}

function endLoop(world: World, label: string, result: Json): void {
  const request = world.ledger.requests[label]
  delete world.requestLoops[label]
  if (request === undefined) return
  request.answeredAtUs = world.nowUs
  request.result = result
}

/** No further request of this loop is sent; it has ended when the one on its way is answered. */
export function stopLoop(world: World, label: string): void {
  const loop = world.requestLoops[label]
  if (loop !== undefined) loop.stopped = true
}

/** An answer to a request of a loop: the next one follows, or the loop ends. */
export function onLoopAnswer(world: World, host: Host, report: StepReport, label: string, result: Json): void {
  const action = world.loopRequests[label]
  if (action === undefined) return
  delete world.loopRequests[label]
  const loop = world.requestLoops[action.label]
  if (loop === undefined) return
  const accepted = (result as { readonly error?: string }).error === 'NONE'
  if (loop.stopped || (action.until === 'accepted' && accepted)) {
    endLoop(world, action.label, result)
    return
  }
  schedule(world, host, {
    atUs: world.nowUs + action.everyUs,
    cause: [report.event.id],
    key: nextKey(world, `loop/${action.label}`),
    rule: 'asked by a step',
    body: { kind: 'loop', action },
  })
}
