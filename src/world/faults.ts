/** Everything a step can do to the world: one line an action, or the file of what it is done to. */
import { setFetchThrottle } from '../broker/replica-fetcher.ts'
import { ADMIN_NODE } from '../kafka/ids.ts'
import { unreachable } from '../kernel/assert.ts'
import { expireSession } from '../registry/registry.ts'
import { callClient, controlClient, offer } from './client-steps.ts'
import type { StepReport } from './context.ts'
import { changeDirectory, changeDiskTime, damage, kill, losePowerOf, replaceDisk, touchFiles } from './disk-faults.ts'
import type { ActionOf, Doing } from './doing.ts'
import { ask, expectAnswer, later, numberOf, targetOf, toEach } from './doing.ts'
import type { Host } from './host.ts'
import { changeRegistryLinks, cut, heal, healAll, holdOrDrop, releaseLinks, slow } from './link-faults.ts'
import { observe } from './observe.ts'
import { nextKey, schedule } from './pending.ts'
import type { Action } from './plan.ts'
import { launchProcess, pauseProcess, resumeProcess, stopProcess, superviseProcess } from './processes.ts'
import { nextRequest, sendRequest, stopLoop } from './step-requests.ts'
import type { ProcessId, World } from './world.ts'
import { brokerState, isKraft, registryState } from './world.ts'

/** Does one action now; returns the processes concerned, for the timeline. */
export function perform(world: World, host: Host, report: StepReport, action: Action): ProcessId[] {
  const doing: Doing = { world, host, report }
  switch (action.do) {
    case 'start':
      return toEach(doing, action.target, (id) =>
        launchProcess(world, host, report, id, startupOf(doing, id, action.startupUs)),
      )
    case 'restart':
      return toEach(doing, action.target, (id) => restart(doing, id, action))
    case 'crash':
      return toEach(doing, action.target, (id) => kill(doing, id))
    case 'powerLoss':
      return toEach(doing, action.target, (id) => losePowerOf(doing, id, action))
    case 'damage':
      return toEach(doing, action.target, (id) => damage(doing, id, action))
    case 'stallDisk':
    case 'slowDisk':
      return toEach(doing, action.target, (id) => changeDiskTime(doing, id, action))
    case 'wipe':
      return toEach(doing, action.target, (id) => replaceDisk(doing, id))
    case 'disk':
      return toEach(doing, action.target, (id) => changeDirectory(doing, id, action))
    case 'touchFiles':
      return toEach(doing, action.target, (id) => touchFiles(doing, id, action))
    case 'stop':
      return toEach(doing, action.target, (id) => stopProcess(world, host, report, id))
    case 'pause':
      return toEach(doing, action.target, (id) => {
        pauseProcess(world, id)
        if (action.forUs !== null) later(doing, action.forUs, { do: 'resume', target: targetOf(world, id) })
      })
    case 'resume':
      return toEach(doing, action.target, (id) => resumeProcess(world, host, report, id))
    case 'supervise':
      return toEach(doing, action.target, (id) => superviseProcess(world, id))
    case 'expireSession':
      return toEach(doing, action.target, (id) => expireByHand(doing, id))
    case 'cut':
      return cut(doing, action)
    case 'heal':
      return heal(doing, action)
    case 'healAll':
      healAll(doing)
      return []
    case 'cutFromRegistry':
    case 'healToRegistry':
      return changeRegistryLinks(doing, action)
    case 'slow':
      return slow(doing, action)
    case 'hold':
    case 'drop':
      return holdOrDrop(doing, action.do, action)
    case 'release':
      return releaseLinks(doing, action)
    case 'lagFollower':
      return toEach(doing, action.target, (id) => {
        const process = world.processes[id]
        if (process !== undefined) process.fetchLagUs = action.byUs
        const state = brokerState(world, numberOf(id))
        if (state !== null) setFetchThrottle(state, action.byUs)
      })
    case 'clockSkew':
      return toEach(doing, action.target, (id) => {
        const process = world.processes[id]
        if (process !== undefined) process.skewUs = action.skewUs + (action.relative === true ? process.skewUs : 0)
      })
    case 'changeSetting':
      return toEach(doing, action.target, (id) => {
        for (const node of [`broker-${numberOf(id)}`, `controller-${numberOf(id)}`]) {
          world.settingChanges[node] = { ...world.settingChanges[node], [action.key]: action.value }
          host.configs.delete(node)
        }
      })
    case 'admin':
      if (action.label !== undefined) expectAnswer(world, action.label)
      ask(doing, ADMIN_NODE, {
        kind: 'admin',
        operationId: action.label ?? nextKey(world, host, `admin/${action.request.admin}`),
        request: action.request,
      })
      return [ADMIN_NODE]
    case 'request':
      return sendRequest(doing, action)
    case 'requestLoop':
      return nextRequest(doing, action)
    case 'stopRequestLoop':
      stopLoop(world, action.label)
      return []
    case 'startClient':
    case 'stopClient':
      return controlClient(doing, action)
    case 'offer':
      return offer(doing, action)
    case 'call':
      return callClient(doing, action)
    case 'observe':
      world.ledger.observations[action.label] = { label: action.label, atUs: world.nowUs, view: observe(world) }
      return []
    case 'note':
      return []
    default:
      return unreachable(action)
  }
}

const startupOf = ({ host }: Doing, process: ProcessId, given: number | null): number =>
  given ?? host.plan.brokers.find((each) => `broker-${each.id}` === process)?.startupUs ?? 0

function restart(doing: Doing, id: ProcessId, action: ActionOf<'restart'>): void {
  const { world, host, report } = doing
  const process = world.processes[id]
  const startupUs = startupOf(doing, id, action.startupUs)
  if (process === undefined || process.state === 'down') launchProcess(world, host, report, id, startupUs)
  else {
    process.restartUs = startupUs
    stopProcess(world, host, report, id)
  }
}

/** Sessions of KRaft are memory of the active controller: nobody can end them by hand. */
function expireByHand({ world, host, report }: Doing, id: ProcessId): void {
  if (isKraft(world) || !expireSession(registryState(world), id)) return
  schedule(world, host, {
    atUs: world.nowUs,
    cause: [report.event.id],
    entity: nextKey(world, host, 'registry/expire'),
    count: 0,
    rule: 'a session is expired by hand',
    body: { kind: 'timer', node: 'registry', name: 'tick', data: null, life: world.processes.registry?.life ?? 0 },
  })
}
