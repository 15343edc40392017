/** Words of the switches about elections and the controller of the ZooKeeper eras, and about registration and shutdown of brokers. */
import { inArea, yesNo } from './words.ts'

export const CONTROLLER = inArea('controller', {
  electionOrder: {
    meaning: 'In which order candidates are tried when a leader is gone.',
    values: { isr: 'as the ISR lists them', assignment: 'as they are assigned' },
  },
  uncleanElectionSwitch: {
    meaning: 'Whether unclean leader election can be switched off (unclean.leader.election.enable).',
    values: yesNo('it can', 'it cannot: a replica outside the ISR always may lead'),
  },
  lastIsrMember: {
    meaning: 'What becomes of the last member of an ISR when it dies.',
    values: {
      remove: 'it is removed, and the ISR is empty',
      'keep-unless-unclean': 'it is kept when unclean election is off',
      keep: 'it is always kept (KAFKA-5083)',
    },
  },
  newControllerRemovesDeadReplicas: {
    meaning: 'Whether a new controller takes dead replicas out of ISRs before it elects.',
    values: yesNo('it does', 'it only elects'),
  },
  controllerStartsBeforeRegistration: {
    meaning: 'Whether a starting broker runs for controller before or after it registers.',
    values: yesNo('before', 'after'),
  },
  offlineReplicaTold: {
    meaning: 'Who is told when a replica has left the ISR with its broker.',
    values: { leader: 'the leader', assigned: 'every other assigned replica' },
  },
  controllerElection: {
    meaning: 'How a broker becomes controller: it creates /controller and raises /controller_epoch.',
    values: {
      'two-steps-unchecked': 'one after the other; the second may fail unseen, and two controllers share an epoch',
      'two-steps': 'one after the other; when the second fails it gives up',
      multi: 'both or none (KAFKA-6082)',
    },
  },
  controllerWritesFenced: {
    meaning: 'Whether writes of a controller that has been replaced are refused by the registry (KAFKA-6082).',
    values: yesNo('they are', 'they are not: a zombie controller still elects'),
  },
  resignDeletesController: {
    meaning: 'Whether a resigning controller deletes /controller even when it is already its successor’s.',
    values: yesNo('it does', 'it does not'),
  },
  brokerEpoch: {
    meaning: 'Whether requests between controller and broker carry the life of the broker (KIP-380).',
    values: yesNo('they do: a quick restart is noticed', 'they do not: a restart between two looks goes unseen'),
  },
  stopReplicaEpoch: {
    meaning: 'Whether StopReplica carries a leader epoch (KIP-570).',
    values: yesNo('it does: a late one is refused', 'it does not'),
  },
  newControllerUpdatesMetadataFirst: {
    meaning: 'Whether a new controller first tells every broker who is alive.',
    values: yesNo('it does', 'it begins with elections'),
  },
  registrationConflict: {
    meaning: 'What a starting broker does that finds its id still registered by its former session.',
    values: {
      wait: 'waits one session time-out and tries again',
      exit: 'ends its process',
      'replace-own': 'replaces it when it is its own, else ends its process (KAFKA-7165)',
    },
  },
  expiredSessionRequests: {
    meaning: 'What becomes of a registry request whose session has expired.',
    values: { retry: 'it is tried again in the next session', fail: 'it fails' },
  },
  reassignment: {
    meaning: 'How a reassignment is kept.',
    values: {
      znode: 'in one znode for the whole cluster',
      'adding-removing': 'with the topic, as replicas to add and to remove (KIP-455)',
    },
  },
  controlledShutdown: {
    meaning: 'Whether a broker that is told to stop can hand its leaderships over first.',
    values: yesNo('it can', 'it cannot'),
  },
  controlledShutdownOrder: {
    meaning: 'In which order candidates are tried when a broker hands its leaderships over.',
    values: { isr: 'as the ISR lists them', assignment: 'as they are assigned' },
  },
  topicIds: {
    meaning: 'Whether a controller gives ids to topics that have none (KIP-516).',
    values: yesNo('it does', 'it does not'),
  },
  uncleanEnabledElects: {
    meaning: 'When unclean election that was just enabled for a topic takes effect.',
    values: yesNo('at once', 'with the next event of a broker'),
  },
})
