/** Who calls a client: a step of the plan, or the application of its process. */
import type { CallResult } from '../kafka/calls.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import type { CallOperation, Operation } from '../kafka/operations.ts'
import type { Json } from '../kernel/json.ts'
import type { Input } from '../kernel/machine.ts'
import type { ClientContext } from './links.ts'

/** The call that an input makes; null: it makes none. */
export function callOf(input: Input<KafkaMessage, Operation>): CallOperation | null {
  if (input.kind === 'operation') return input.operation.kind === 'call' ? input.operation : null
  if (input.kind !== 'local' || input.message.type !== 'ApplicationCall') return null
  const { id, call } = input.message
  return { kind: 'call', operationId: id, call, caller: input.from }
}

/** The call returns, or throws. */
export function returnCall({ operationId, caller }: CallOperation, result: CallResult, ctx: ClientContext): void {
  if (caller === undefined) ctx.complete(operationId, { ...result } as Json)
  else ctx.tell(caller, { type: 'CallReturned', id: operationId, result })
}
