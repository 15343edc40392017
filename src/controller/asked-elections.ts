/** Elections that an administrator asks for through a znode, and the balancer that asks for preferred leaders. */
import type { TopicPartition } from '../kafka/ids.ts'
import { type PartitionListZnode, PREFERRED_ELECTION, UNCLEAN_ELECTION } from '../kafka/znodes.ts'
import { msToUs } from '../kernel/time.ts'
import { allPartitions, isBeingDeleted, liveBrokers, liveReplicaBrokers } from './cluster.ts'
import { ask, dataOf, fenced, next, office, type Scope, type StepHandlers } from './scope.ts'
import { flagSetting, numberSetting } from './settings.ts'
import type { Step } from './step.ts'
import { REBALANCE_TIMER } from './taking-office.ts'

type Asked = 'preferred' | 'unclean'
const pathOf = (election: Asked): string => (election === 'preferred' ? PREFERRED_ELECTION : UNCLEAN_ELECTION)

/** Partitions of a request that an election could change. */
function electable(scope: Scope, election: Asked, asked: readonly TopicPartition[]): TopicPartition[] {
  const cluster = office(scope)
  return allPartitions(cluster).filter((it) => {
    const { leadership, replicas } = cluster.partitions[it]!
    if (!asked.includes(it) || leadership === null || isBeingDeleted(cluster, it)) return false
    return election === 'preferred'
      ? leadership.leader !== replicas[0]
      : !liveReplicaBrokers(cluster, it).includes(leadership.leader)
  })
}

/**
 * 2.4.1 KafkaController.checkAndTriggerAutoLeaderRebalance: for each broker, if it leads too few of the partitions whose
 * preferred leader it is, all of those are elected.
 */
function rebalance(scope: Scope): void {
  const cluster = office(scope)
  const percentage = numberSetting(scope.config, 'leader.imbalance.per.broker.percentage', 10)
  const partitions = allPartitions(cluster).filter((it) => !isBeingDeleted(cluster, it))
  const isReassigning = partitions.some((it) => cluster.partitions[it]!.target !== null)
  const steps: Step[] = []
  for (const broker of liveBrokers(cluster)) {
    const preferred = partitions.filter((it) => cluster.partitions[it]!.replicas[0] === broker)
    const ledByOthers = preferred.filter((it) => {
      const { leadership } = cluster.partitions[it]!
      return leadership !== null && leadership.leader !== broker
    })
    if (ledByOthers.length * 100 > percentage * preferred.length && !isReassigning) {
      scope.ctx.probe('balancer-asks-for-preferred-leaders')
      steps.push({ do: 'partitionsOnline', partitions: ledByOthers, strategy: 'preferred' })
    }
  }
  const delayMs = numberSetting(scope.config, 'leader.imbalance.check.interval.seconds', 300) * 1_000
  next(scope, ...steps, { do: 'armRebalance', delayMs })
}

export const electionSteps: StepHandlers<
  'electionAsked' | 'electionRead' | 'deleteNode' | 'autoRebalance' | 'armRebalance'
> = {
  electionAsked: (scope, { election }) => {
    if (scope.state.office === null) return
    const path = pathOf(election)
    const reads = [[{ op: 'exists', path, watch: true }], [{ op: 'getData', path, watch: false }]] as const
    ask(scope, reads, { do: 'electionRead', election })
  },

  electionRead: (scope, { election }, answers) => {
    const asked = (dataOf(answers[1]) as PartitionListZnode | null)?.partitions
    if (asked === undefined) return
    const partitions = electable(scope, election, asked)
    const strategy = election
    next(scope, { do: 'partitionsOnline', partitions, strategy }, { do: 'deleteNode', path: pathOf(election) })
  },

  deleteNode: (scope, { path }) =>
    ask(scope, [fenced(scope, { op: 'delete', path, version: -1 })], { do: 'ignoreAnswers' }),

  autoRebalance: (scope) => {
    if (scope.state.office !== null) rebalance(scope)
  },

  armRebalance: (scope, { delayMs }) => {
    if (!flagSetting(scope.config, 'auto.leader.rebalance.enable', false)) return
    scope.ctx.setTimer(REBALANCE_TIMER, msToUs(delayMs))
  },
}
