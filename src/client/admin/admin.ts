/** The administrator: writes to the registry, and raw requests to brokers. */
import type { Fact } from '../../kafka/facts.ts'
import type { KafkaMessage } from '../../kafka/messages/message.ts'
import type { Operation } from '../../kafka/operations.ts'
import type { Input, Machine } from '../../kernel/machine.ts'
import type { ClientContext } from '../links.ts'
import {
  ADMIN_CHANNEL,
  isControllerTimer,
  onControllerAnswer,
  onControllerBroken,
  onControllerTimer,
  startControllerJob,
} from './controller-jobs.ts'
import {
  onRawAnswer,
  onSocketBroken,
  onSocketTimeout,
  operationOfChannel,
  operationOfTimer,
  sendRaw,
} from './raw-requests.ts'
import { onRegistryBroken, onRegistryResponse, onRegistryTimer, REGISTRY_CHANNEL, startJob } from './registry-jobs.ts'
import type { AdminConfig, AdminState, AdminVolatile } from './state.ts'

const freshMemory = (): AdminVolatile => ({
  nextXid: 1,
  nextCorrelationId: 1,
  jobs: {},
  byXid: {},
  requests: {},
  byCorrelation: {},
})

function onOperation(memory: AdminVolatile, operation: Operation, config: AdminConfig, ctx: ClientContext): void {
  const kraft = config.mechanisms.metadata === 'kraft'
  if (operation.kind === 'admin') (kraft ? startControllerJob : startJob)(memory, operation, config, ctx)
  else if (operation.kind === 'request') sendRaw(memory, operation, ctx)
  else ctx.complete(operation.operationId, { error: 'INVALID_REQUEST' })
}

function step(state: AdminState, input: Input<KafkaMessage, Operation>, ctx: ClientContext, config: AdminConfig): void {
  if (input.kind === 'start') state.volatile = freshMemory()
  const memory = state.volatile
  if (memory === null) return
  switch (input.kind) {
    case 'operation':
      onOperation(memory, input.operation, config, ctx)
      return
    case 'message': {
      const { message } = input
      if (message.type === 'RegistryResponse') onRegistryResponse(memory, message, config, ctx)
      else if (message.type === 'ControllerAdminResponse') onControllerAnswer(memory, message, config, ctx)
      else if ('correlationId' in message) onRawAnswer(memory, message, ctx)
      return
    }
    case 'disconnected': {
      const operationId = operationOfChannel(input.channel)
      if (operationId !== null) onSocketBroken(memory, operationId, input.reason, ctx)
      else if (input.channel === REGISTRY_CHANNEL) onRegistryBroken(memory, ctx)
      else if (input.channel === ADMIN_CHANNEL) onControllerBroken(memory, input.peer, config, ctx)
      return
    }
    case 'timer': {
      const operationId = operationOfTimer(input.name)
      if (operationId !== null) onSocketTimeout(memory, operationId, ctx)
      else if (isControllerTimer(input.name)) onControllerTimer(memory, input.name, config, ctx)
      else onRegistryTimer(memory, input.name, ctx)
      return
    }
    case 'start':
    case 'stop':
    case 'local':
      return
  }
}

export const adminMachine: Machine<AdminState, AdminConfig, KafkaMessage, Operation, Fact> = {
  init: () => ({ volatile: null }),
  step,
  kill: (state) => {
    state.volatile = null
  },
}
