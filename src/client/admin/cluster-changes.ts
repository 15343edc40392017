/** What an administrator asks of the controller through a znode of its own. */
import type { AdminRequest } from '../../kafka/operations.ts'
import { CONTROLLER, PREFERRED_ELECTION, REASSIGN_PARTITIONS, UNCLEAN_ELECTION } from '../../kafka/znodes.ts'
import type { Next, StepGiven } from './job-step.ts'
import { ask, created, done, refused, writeNew } from './job-step.ts'

type Of<K extends AdminRequest['admin']> = Extract<AdminRequest, { readonly admin: K }>

/** ReassignPartitionsCommand: refused while another reassignment is written there. */
export function reassign(request: Of<'reassign'>, given: StepGiven): Next {
  if (given.stage === 0) return ask(1, writeNew(REASSIGN_PARTITIONS, { partitions: request.partitions }))
  return created(given, 'a reassignment is already running')
}

/** PreferredReplicaLeaderElectionCommand; the unclean kind takes the same way (a request of its own from 2.4 on). */
export function electLeader(request: Of<'electLeader'>, given: StepGiven): Next {
  const path = request.election === 'PREFERRED' ? PREFERRED_ELECTION : UNCLEAN_ELECTION
  if (given.stage === 0) return ask(1, writeNew(path, { partitions: request.partitions }))
  return created(given, 'an election is already running')
}

/** By hand, as one does in an incident: some broker becomes controller. */
export function deleteControllerNode(given: StepGiven): Next {
  if (given.stage === 0) return ask(1, { op: 'delete', path: CONTROLLER, version: -1 })
  const error = given.result?.error ?? null
  if (error === null || (error === 'NONODE' && given.retried)) return done()
  return refused('INVALID_REQUEST', error === 'NONODE' ? 'there is no controller' : `the registry answered ${error}`)
}
