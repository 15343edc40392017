/** Words of the switches about what a leader answers to a produce. */
import { inArea, yesNo } from './words.ts'

export const PRODUCE = inArea('produce', {
  unhostedIsNotLeader: {
    meaning: 'What a broker answers about a partition it has no replica of.',
    values: yesNo('NOT_LEADER_FOR_PARTITION', 'UNKNOWN_TOPIC_OR_PARTITION'),
  },
  minInsyncReplicas: {
    meaning: 'Whether there is min.insync.replicas (KAFKA-1555).',
    values: yesNo('there is', 'there is not: acks=all is satisfied by a leader that is alone'),
  },
  acksAnyNumber: {
    meaning: 'Whether acks may be any number of replicas.',
    values: yesNo('it may', 'it is 0, 1 or all'),
  },
  acksAllBy: {
    meaning: 'What satisfies acks=all.',
    values: { 'log-ends': 'the log ends of the ISR', 'high-watermark': 'the high watermark' },
  },
  stepDownCompletesProduce: {
    meaning: 'What happens to waiting produces when a leader steps down.',
    values: yesNo('they are answered at once', 'they wait for the next event or their time'),
  },
  minIsrCappedByReplicas: {
    meaning: 'Whether min.insync.replicas can ask for more than there are replicas.',
    values: yesNo('it cannot: the replication factor caps it', 'it can'),
  },
})
