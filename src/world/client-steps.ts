/** What a step asks of the clients of the plan. */
import type { ClientCall } from '../kafka/calls.ts'
import type { GroupMemberIdentity } from '../kafka/messages/transactions.ts'
import type { ActionOf, Doing } from './doing.ts'
import { ask, expectAnswer } from './doing.ts'
import { nextKey } from './pending.ts'
import { clientControl, clientNode, clientProcess } from './targets.ts'
import { offerRecord } from './workload.ts'
import type { ProcessId, World } from './world.ts'

/** A producer is offered nothing while it is stopped; the others are told themselves. */
export function controlClient(doing: Doing, action: ActionOf<'startClient' | 'stopClient'>): ProcessId[] {
  const { world, host } = doing
  const { name } = action
  const control = action.do === 'startClient' ? 'start' : 'stop'
  const client = host.plan.clients.find((each) => each.name === name)
  if (client?.kind === 'producer') {
    world.stoppedClients = world.stoppedClients.filter((each) => each !== name)
    if (control === 'stop') world.stoppedClients = [...world.stoppedClients, name].sort()
  } else if (client !== undefined) {
    ask(doing, clientControl(world, name), {
      kind: 'control',
      operationId: nextKey(world, host, `${name}/${control}`),
      control,
    })
  }
  return [clientProcess(world, name)]
}

export function offer({ world, host, report }: Doing, action: ActionOf<'offer'>): ProcessId[] {
  const client = host.plan.clients.find((each) => each.name === action.client)
  if (client?.kind !== 'producer') return []
  const { value, key, partition, count } = action
  const given = value === null && key === null && partition === null ? null : { value, key, partition }
  for (let i = 0; i < count; i++) offerRecord(world, host, report, client, given)
  return [clientProcess(world, client.name)]
}

/** KIP-447: what the consumer said of itself goes along with the offsets that its transaction commits. */
function withMember(world: World, call: ClientCall): ClientCall {
  if (call.call !== 'sendOffsetsToTransaction' || call.metadataOf === null) return call
  const told = world.ledger.requests[call.metadataOf]?.result as { readonly member?: GroupMemberIdentity } | null
  return { ...call, member: told?.member ?? null }
}

/** A call as an application makes it. */
export function callClient(doing: Doing, action: ActionOf<'call'>): ProcessId[] {
  const { world } = doing
  const node = clientNode(world, action.client)
  expectAnswer(world, action.label)
  ask(doing, node, { kind: 'call', operationId: action.label, call: withMember(world, action.call) })
  return [clientProcess(world, action.client)]
}
