/**
 * Who is controller: the race for `/controller` and `/controller_epoch`, and how a controller learns that it is none
 * any more. Before 2.1 the two znodes are written one after the other, and a zombie controller has only the versions
 * of the znodes it writes against it; from 2.1 (KAFKA-6082) one multi writes both, and each later write checks the
 * second.
 */
import type { BrokerId } from '../kafka/ids.ts'
import { brokerNode } from '../kafka/ids.ts'
import type { RegistryOp } from '../kafka/messages/registry.ts'
import { isMutant } from '../kafka/mutants.ts'
import { CONTROLLER, CONTROLLER_EPOCH, type ControllerZnode } from '../kafka/znodes.ts'
import { closeChannel } from './control-channels.ts'
import { abandon, ask, dataOf, next, resultOf, type Scope, type StepHandlers, statOf, succeeded } from './scope.ts'
import { freshOffice } from './state.ts'
import type { Answer, Step } from './step.ts'

/** Longest delay between the end of `/controller` and this broker's try for it, in us. */
const ELECTION_DELAY_US_MAX = 20_000
export const ELECTION_TIMER = 'controller-election'
export const REBALANCE_TIMER = 'auto-rebalance'

/** Reads `/controller` and watches it, also for its creation. */
function readController(scope: Scope, then: Step): void {
  ask(
    scope,
    [[{ op: 'exists', path: CONTROLLER, watch: true }], [{ op: 'getData', path: CONTROLLER, watch: false }]],
    then,
  )
}

const controllerIn = (answer: Answer | undefined): BrokerId => (dataOf(answer) as ControllerZnode | null)?.broker ?? -1

/** Remembers who is controller and tells the broker of this process. */
function learnController(scope: Scope, controller: BrokerId): void {
  scope.state.controller = controller
  scope.ctx.tell(brokerNode(scope.config.id), { type: 'ControllerKnown', controller })
}

/** Gives the office up without a word to the registry. What a running event still had to do is the caller's matter. */
export function resign(scope: Scope, reason: string): void {
  const { office } = scope.state
  if (office === null) return
  for (const broker of Object.keys(office.channels)) closeChannel(scope, Number(broker))
  scope.ctx.cancelTimer(REBALANCE_TIMER)
  scope.state.office = null
  scope.ctx.fact({ kind: 'controllerResigned', reason })
}

/** A write was refused because `/controller_epoch` has moved: another broker is controller (2.1). */
export function onFencedWrite(scope: Scope, op: RegistryOp | undefined): void {
  scope.ctx.fact({ kind: 'controllerWriteFenced', path: op?.path ?? CONTROLLER_EPOCH })
  resign(scope, 'a write was refused because /controller_epoch has moved')
  abandon(scope)
  next(scope, { do: 'controllerChanged' })
}

/**
 * The take-over failed half way. To 2.0 KafkaController.triggerControllerMove deletes `/controller` whoever owns it,
 * so also the znode of a successor (C-25).
 */
function giveUp(scope: Scope): void {
  scope.ctx.probe('take-over-failed-half-way')
  learnController(scope, -1)
  if (!scope.config.mechanisms.resignDeletesController) return
  ask(scope, [[{ op: 'delete', path: CONTROLLER, version: -1 }]], { do: 'controllerChanged' })
}

function takeOffice(scope: Scope, epoch: number, epochVersion: number): void {
  scope.state.office = freshOffice(epoch, epochVersion)
  learnController(scope, scope.config.id)
  scope.ctx.fact({ kind: 'controllerElected', controllerEpoch: epoch })
  next(scope, { do: 'readCluster' })
}

function onControllerRead(
  scope: Scope,
  because: 'elect' | 'deleted' | 'changed' | 'newSession',
  answers: readonly Answer[],
): void {
  const controller = controllerIn(answers[1])
  const ours = controller === scope.config.id
  const reason = controller === -1 ? '/controller is gone' : `/controller names broker ${controller}`
  if (!ours && because !== 'elect') resign(scope, because === 'newSession' ? 'its session has expired' : reason)
  learnController(scope, controller)
  if (controller !== -1) return
  if (because === 'deleted' || because === 'changed') next(scope, { do: 'delayElection' })
  else tryForOffice(scope)
}

/** `/controller` is free. */
function tryForOffice(scope: Scope): void {
  if (scope.config.mechanisms.controllerElection === 'multi') next(scope, { do: 'readEpoch' })
  else ask(scope, [[createController(scope)]], { do: 'controllerCreated' })
}

function createController(scope: Scope): RegistryOp {
  const data: ControllerZnode = { broker: scope.config.id }
  return { op: 'create', path: CONTROLLER, data, ephemeral: true }
}

const epochOf = (answer: Answer | undefined): { epoch: number; version: number } | null => {
  const stat = statOf(answer)
  return stat === null ? null : { epoch: Number(dataOf(answer)), version: stat.version }
}

const readEpoch: RegistryOp = { op: 'getData', path: CONTROLLER_EPOCH, watch: false }

export const officeSteps: StepHandlers<
  | 'startUp'
  | 'elect'
  | 'controllerDeleted'
  | 'controllerChanged'
  | 'newSession'
  | 'sessionExpired'
  | 'controllerRead'
  | 'delayElection'
  | 'controllerCreated'
  | 'ownControllerChecked'
  | 'readEpoch'
  | 'epochRead'
  | 'epochWritten'
  | 'epochNodeCreated'
  | 'tryOffice'
  | 'officeWritten'
  | 'officeChecked'
  | 'tellStarted'
> = {
  startUp: (scope) => next(scope, { do: 'elect' }, { do: 'tellStarted' }),
  tellStarted: (scope) => {
    const { controller } = scope.state
    scope.ctx.tell(brokerNode(scope.config.id), { type: 'ControllerKnown', controller, afterStart: true })
  },

  elect: (scope) => readController(scope, { do: 'controllerRead', because: 'elect' }),
  controllerDeleted: (scope) => readController(scope, { do: 'controllerRead', because: 'deleted' }),
  controllerChanged: (scope) => readController(scope, { do: 'controllerRead', because: 'changed' }),
  newSession: (scope) => {
    next(scope, { do: 'tellStarted' })
    readController(scope, { do: 'controllerRead', because: 'newSession' })
  },

  // 1.1 KafkaController.Expire: at once, before anything that waits.
  sessionExpired: (scope) => {
    resign(scope, 'its session has expired')
    learnController(scope, -1)
  },

  controllerRead: (scope, step, answers) => onControllerRead(scope, step.because, answers),

  /**
   * Which live broker wins is open (recorded): each waits a drawn time. Stream `controller.election/<epoch to win>/
   * broker-<id>`, one draw a try.
   */
  delayElection: (scope, _step, answers) => {
    if (answers.length === 0) {
      ask(scope, [[readEpoch]], { do: 'delayElection' })
      return
    }
    const epoch = (epochOf(answers[0])?.epoch ?? 0) + 1
    const draw = scope.ctx.random(`controller.election/${epoch}/broker-${scope.config.id}`)
    scope.ctx.setTimer(ELECTION_TIMER, Math.floor(draw * ELECTION_DELAY_US_MAX))
  },

  // --- Two steps (to 2.0)

  controllerCreated: (scope, _step, answers) => {
    if (succeeded(answers[0])) next(scope, { do: 'readEpoch' })
    else readController(scope, { do: 'ownControllerChecked' })
  },

  // 0.9 ZKCheckedEphemeral: the znode may be this session's, made by a first try that lost its answer.
  ownControllerChecked: (scope, _step, answers) => {
    const controller = controllerIn(answers[1])
    if (controller === scope.config.id && statOf(answers[1])?.ephemeralOwner === scope.state.sessionId) {
      scope.ctx.probe('controller-znode-created-by-a-retried-request')
      next(scope, { do: 'readEpoch' })
    } else learnController(scope, controller)
  },

  readEpoch: (scope) => ask(scope, [[readEpoch]], { do: 'epochRead' }),

  epochRead: (scope, _step, answers) => {
    const found = epochOf(answers[0])
    const multi = scope.config.mechanisms.controllerElection === 'multi'
    if (found === null) {
      const data = multi ? 0 : 1
      ask(scope, [[{ op: 'create', path: CONTROLLER_EPOCH, data, ephemeral: false }]], { do: 'epochNodeCreated' })
    } else if (multi) next(scope, { do: 'tryOffice', ...found })
    else {
      const { epoch, version } = found
      ask(scope, [[{ op: 'setData', path: CONTROLLER_EPOCH, data: epoch + 1, version }]], {
        do: 'epochWritten',
        epoch,
        version,
      })
    }
  },

  epochNodeCreated: (scope, _step, answers) => {
    const multi = scope.config.mechanisms.controllerElection === 'multi'
    if (!succeeded(answers[0])) {
      if (multi) next(scope, { do: 'readEpoch' })
      else giveUp(scope)
    } else if (multi) next(scope, { do: 'tryOffice', epoch: 0, version: 0 })
    else takeOffice(scope, 1, 0)
  },

  epochWritten: (scope, { epoch, version }, answers) => {
    if (succeeded(answers[0])) takeOffice(scope, epoch + 1, version + 1)
    else if (scope.config.mechanisms.controllerElection === 'two-steps-unchecked') {
      // 0.8.0-0.11 incrementControllerEpoch: the failure is logged by the routine that raised it, and the broker goes
      // on as controller with the epoch of its predecessor (C-26).
      scope.ctx.probe('controller-goes-on-with-the-epoch-of-its-predecessor')
      takeOffice(scope, epoch, version)
    } else giveUp(scope)
  },

  // --- One multi (2.1)

  tryOffice: (scope, { epoch: last, version }) => {
    const epoch = last + (isMutant(scope.config, 'controller-epoch-not-bumped') && last > 0 ? 0 : 1)
    ask(scope, [[createController(scope), { op: 'setData', path: CONTROLLER_EPOCH, data: epoch, version }]], {
      do: 'officeWritten',
      epoch,
      version: version + 1,
    })
  },

  officeWritten: (scope, { epoch, version }, answers) => {
    if (succeeded(answers[0])) takeOffice(scope, epoch, version)
    else {
      ask(
        scope,
        [
          [{ op: 'exists', path: CONTROLLER, watch: true }],
          [{ op: 'getData', path: CONTROLLER, watch: false }],
          [readEpoch],
        ],
        { do: 'officeChecked', epoch, version },
      )
    }
  },

  // 2.1 KafkaZkClient.registerControllerAndIncrementControllerEpoch: a lost answer looks like a lost race.
  officeChecked: (scope, { epoch, version }, answers) => {
    const controller = controllerIn(answers[1])
    const stands = epochOf(answers[2])
    if (controller === scope.config.id && stands?.epoch === epoch && stands.version === version) {
      scope.ctx.probe('office-taken-by-a-retried-request')
      takeOffice(scope, epoch, version)
      return
    }
    learnController(scope, controller)
    if (controller === -1) {
      scope.ctx.probe('controller-lost-the-race-to-one-that-is-gone')
      if (resultOf(answers[0]).error === null) next(scope, { do: 'delayElection' })
    }
  },
}
