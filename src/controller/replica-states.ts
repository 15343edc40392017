/** What brokers are told when replicas come, go and are deleted. */
import { addLeaderAndIsr, addStopReplica } from './request-batch.ts'
import { next, office, type Scope, type StepHandlers } from './scope.ts'
import type { ReplicaPhase } from './state.ts'
import type { Replica, Step } from './step.ts'

const phaseOf = (scope: Scope, { partition, broker }: Replica): ReplicaPhase | undefined =>
  office(scope).partitions[partition]?.replicaPhases[broker]

function setPhase(scope: Scope, { partition, broker }: Replica, phase: ReplicaPhase): void {
  const cache = office(scope).partitions[partition]
  if (cache !== undefined) cache.replicaPhases[broker] = phase
}

const known = (scope: Scope, replicas: readonly Replica[]): Replica[] =>
  replicas.filter((it) => office(scope).partitions[it.partition] !== undefined)

/** Replicas of which some are being deleted keep their phase until that has ended. */
const isInDeletion = (phase: ReplicaPhase | undefined): boolean =>
  phase === 'deletion-started' || phase === 'deletion-successful'

export const replicaSteps: StepHandlers<'replicasOnline' | 'replicasNew' | 'replicasOffline' | 'replicasDelete'> = {
  replicasOnline: (scope, step) => {
    for (const replica of known(scope, step.replicas)) {
      const phase = phaseOf(scope, replica)
      if (isInDeletion(phase)) continue
      // A new replica has been told its leader already, or will be with the first election.
      if (phase !== 'new') addLeaderAndIsr(scope, [replica.broker], replica.partition, { isNew: false })
      setPhase(scope, replica, 'online')
    }
    next(scope, { do: 'sendBatch' })
  },

  /** A replica that a reassignment adds begins to follow. */
  replicasNew: (scope, step) => {
    for (const replica of known(scope, step.replicas)) {
      addLeaderAndIsr(scope, [replica.broker], replica.partition, { isNew: true })
      setPhase(scope, replica, 'new')
    }
    next(scope, { do: 'sendBatch' })
  },

  /** Replicas that are dead, or have to stop, leave the ISR; broker by broker. */
  replicasOffline: (scope, step) => {
    const replicas = known(scope, step.replicas).filter((it) => !isInDeletion(phaseOf(scope, it)))
    const steps: Step[] = []
    for (const broker of [...new Set(replicas.map((it) => it.broker))].sort((a, b) => a - b)) {
      const partitions = replicas.filter((it) => it.broker === broker).map((it) => it.partition)
      for (const partition of partitions) {
        addStopReplica(scope, broker, partition, false)
        setPhase(scope, { partition, broker }, 'offline')
      }
      const withState = partitions.filter((it) => office(scope).partitions[it]!.leadership !== null)
      if (withState.length > 0) {
        const change = { kind: 'removeReplica', replica: broker } as const
        steps.push({ do: 'changeStates', partitions: withState, change, hoped: {} })
      }
    }
    next(scope, ...steps, { do: 'sendBatch' })
  },

  /** Stopped replicas lose their logs. `forget`: nobody waits for the answer (reassignment). */
  replicasDelete: (scope, { replicas, forget }) => {
    for (const replica of known(scope, replicas)) {
      addStopReplica(scope, replica.broker, replica.partition, true)
      if (forget) delete office(scope).partitions[replica.partition]!.replicaPhases[replica.broker]
      else setPhase(scope, replica, 'deletion-started')
    }
    next(scope, { do: 'sendBatch' })
  },
}
