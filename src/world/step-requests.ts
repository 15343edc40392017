/** Raw requests that a step sends to a named broker, once or again and again. */
import type { ConsumerState } from '../client/consumer/state.ts'
import { ADMIN_NODE } from '../kafka/ids.ts'
import type { RawRequest } from '../kafka/operations.ts'
import type { Json } from '../kernel/json.ts'
import type { StepReport } from './context.ts'
import type { ActionOf, Doing } from './doing.ts'
import { ask, expectAnswer, later, numberOf, resolve } from './doing.ts'
import type { Host } from './host.ts'
import { enterSent } from './ledger.ts'
import type { ProcessId, RequestLoop, World } from './world.ts'

type Produce = Extract<RawRequest, { request: 'produce' }>

/** The member id that a raw commit goes under: of a consumer of the plan, or of a raw join, as it is now. */
function memberIdOf(world: World, request: Extract<RawRequest, { request: 'offsetCommit' }>): string {
  const { memberOf, memberId } = request
  if (memberOf === null) return memberId
  const joined = world.ledger.requests[memberOf]?.result as { readonly memberId?: string } | null | undefined
  const consumer = world.nodes[`consumer-${memberOf}`]?.state as ConsumerState | undefined
  return joined?.memberId ?? consumer?.volatile?.group?.memberId ?? memberId
}

/** Records of a raw produce have the identity of the request, and are entered as sent. */
function sentRecords(world: World, label: string, request: Produce): Produce {
  const { partition, acks } = request
  const records = request.records.map((record, i) => ({
    ...record,
    id: `${label}/${i}`,
    timestampMs: record.timestampMs === 0 ? Math.floor(world.nowUs / 1000) : record.timestampMs,
  }))
  for (const { id, value, key } of records) {
    enterSent(world, { id, client: 'request', partition, value, key, sentAtUs: world.nowUs, acks })
  }
  return { ...request, records }
}

/** Sends a request to the first broker that the target means; none: that is the answer. */
export function sendRequest(doing: Doing, action: ActionOf<'request'>): ProcessId[] {
  const { world } = doing
  const { label } = action
  const id = resolve(doing, action.target)[0]
  expectAnswer(world, label)
  if (id === undefined) {
    const request = world.ledger.requests[label]!
    request.answeredAtUs = world.nowUs
    request.result = { error: 'LEADER_NOT_AVAILABLE' }
    return []
  }
  let { request } = action
  if (request.request === 'offsetCommit') request = { ...request, memberId: memberIdOf(world, request) }
  if (request.request === 'produce') request = sentRecords(world, label, request)
  ask(doing, ADMIN_NODE, {
    kind: 'request',
    operationId: label,
    broker: numberOf(id),
    socketTimeoutMs: Math.round(action.socketTimeoutUs / 1000),
    request,
  })
  return [id]
}

/** The next request of a loop: the first one starts it. */
export function nextRequest(doing: Doing, action: ActionOf<'requestLoop'>): ProcessId[] {
  const { world, host, report } = doing
  if (world.requestLoops[action.label] === undefined) {
    world.requestLoops[action.label] = { attempt: -1, running: true, action }
    expectAnswer(world, action.label)
  }
  const loop = world.requestLoops[action.label] as RequestLoop
  if (!loop.running) {
    endLoop(world, action.label, null)
    return []
  }
  loop.attempt += 1
  const label = `${action.label}/${loop.attempt}`
  let { request } = action
  if (action.until === 'stopped' && request.request === 'produce') {
    const { attempt } = loop
    request = {
      ...request,
      records: request.records.map((record) => ({ ...record, value: `${record.value ?? ''}${attempt}` })),
    }
  }
  const { target, socketTimeoutUs } = action
  const touched = sendRequest(doing, { do: 'request', target, request, socketTimeoutUs, label })
  const { answeredAtUs, result } = world.ledger.requests[label]!
  if (answeredAtUs !== null) continueLoop(world, host, report, label, result)
  return touched
}

function endLoop(world: World, label: string, result: Json): void {
  const entry = world.ledger.requests[label]
  if (entry === undefined || entry.answeredAtUs !== null) return
  entry.answeredAtUs = world.nowUs
  entry.result = result
}

/** The answer to a request under way is still waited for. */
export function stopLoop(world: World, label: string): void {
  const loop = world.requestLoops[label]
  if (loop === undefined) return
  loop.running = false
  const last = world.ledger.requests[`${label}/${loop.attempt}`]
  if (last === undefined || last.answeredAtUs !== null) endLoop(world, label, last?.result ?? null)
}

/** After the answer to a request of a loop: the next one, or the end. Other requests are left alone. */
export function continueLoop(world: World, host: Host, report: StepReport, operationId: string, outcome: Json): void {
  const label = operationId.slice(0, operationId.lastIndexOf('/'))
  const loop = world.requestLoops[label]
  if (loop === undefined || operationId !== `${label}/${loop.attempt}`) return
  const accepted = (outcome as { readonly error?: string } | null)?.error === 'NONE'
  if (!loop.running || (loop.action.until === 'accepted' && accepted)) endLoop(world, label, outcome)
  else later({ world, host, report }, loop.action.everyUs, loop.action)
}
