/** The words of the scenario language with their meanings: for the schema, the documentation and `explain`. */

export interface Word {
  readonly name: string
  /** One sentence. */
  readonly meaning: string
  /** As it is written in a scenario. */
  readonly example: string
}

/** Everything a step can do; the name is the first key of the action. */
export const ACTIONS = [
  { name: 'start', meaning: 'Starts a process that is down.', example: '{ start: broker 4, startup: 2s }' },
  {
    name: 'crash',
    meaning: 'Kills a process (kill -9): memory is lost, the page cache survives.',
    example: '{ crash: leader(orders-0) }',
  },
  {
    name: 'power-loss',
    meaning: 'Takes the power from a broker: of each log only a prefix remains, at least what was flushed to disk.',
    example: '{ power-loss: broker 1, keep: durable }',
  },
  {
    name: 'disk',
    meaning:
      'Changes the disk of a broker: how much is free, whether it lies about flushes, whether every write fails.',
    example: '{ disk: broker 1, free: 100KB }',
  },
  {
    name: 'slow-disk',
    meaning: 'Makes all work that needs the disk of a broker take longer by `by`; 0s ends it.',
    example: '{ slow-disk: broker 1, by: 50ms }',
  },
  {
    name: 'stall-disk',
    meaning: 'Stalls the disk of a broker: work that needs it waits, while the process keeps its session.',
    example: '{ stall-disk: broker 1, for: 10s }',
  },
  {
    name: 'wipe',
    meaning: 'Gives a broker a new, empty disk; a process that runs is killed first.',
    example: '{ wipe: broker 2 }',
  },
  {
    name: 'bit-rot',
    meaning: 'Changes one byte of the batch at an offset in the log of a broker; its checksum does not match any more.',
    example: '{ bit-rot: broker 1, partition: orders-0, offset: 3 }',
  },
  {
    name: 'damage',
    meaning: 'Empties, garbles or deletes a file of a log directory, which its broker reads at its next start.',
    example: '{ damage: broker 1, file: recovery-point-offset-checkpoint, how: garbage }',
  },
  {
    name: 'stop',
    meaning: 'Asks a process to stop (SIGTERM): a broker hands its leaderships over first.',
    example: '{ stop: broker 2 }',
  },
  {
    name: 'restart',
    meaning: 'Starts a process again; one that still runs is stopped first.',
    example: '{ restart: broker 1, startup: 500ms }',
  },
  {
    name: 'supervise',
    meaning:
      'From now on a broker that exits by itself, or after a stop, is started again: two seconds later, and up to five times.',
    example: '{ supervise: brokers }',
  },
  {
    name: 'pause',
    meaning: 'Freezes a process (a long GC pause, SIGSTOP); it resumes by itself after `for`.',
    example: '{ pause: controller, for: 8s }',
  },
  {
    name: 'resume',
    meaning: 'Lets a frozen process go on: what came in meanwhile is handled now, in order.',
    example: '{ resume: registry }',
  },
  {
    name: 'expire-session',
    meaning: 'Makes the registry end the session of a broker at once.',
    example: '{ expire-session: broker 1 }',
  },
  {
    name: 'cut',
    meaning: 'Cuts links: messages wait and nobody is told; between two sides, one way, or between groups.',
    example: '{ cut: { between: broker 1, and: registry } }',
  },
  {
    name: 'heal',
    meaning: 'Ends every cut, delay, hold and drop on the links named, or on all.',
    example: '{ heal: all }',
  },
  {
    name: 'slow',
    meaning: 'Makes messages take longer by `by`, all or those of the types named; 0s ends it.',
    example: '{ slow: { from: leader(orders-0), to: broker 3, by: 200ms, messages: [FetchResponse] } }',
  },
  {
    name: 'hold',
    meaning: 'Holds messages back, and all behind them on their connection, until they are released.',
    example: '{ hold: { from: controller, to: broker 2, messages: [LeaderAndIsrRequest] } }',
  },
  {
    name: 'release',
    meaning: 'Ends a hold or a drop of the messages named: what was held goes on.',
    example: '{ release: { from: controller, to: broker 2, messages: [LeaderAndIsrRequest] } }',
  },
  {
    name: 'drop',
    meaning: 'Loses messages: the connection breaks at the first of them, and what was in flight on it is gone.',
    example: '{ drop: { between: broker 1, and: broker 2, messages: [FetchRequest] } }',
  },
  {
    name: 'lag',
    meaning: 'Throttles a follower: this much more time before each of its fetches; 0s ends it.',
    example: '{ lag: broker 3, by: 2s }',
  },
  {
    name: 'clock',
    meaning: 'Sets the clock of a machine off by `skew`, or lets it jump by `jump`.',
    example: '{ clock: broker 2, skew: -5s }',
  },
  {
    name: 'elect',
    meaning: 'Asks for a preferred or an unclean leader election of partitions.',
    example: '{ elect: preferred, partitions: orders-0 }',
  },
  {
    name: 'delete',
    meaning: 'Deletes the znode /controller, so that a new controller is elected.',
    example: '{ delete: /controller }',
  },
  {
    name: 'reassign',
    meaning: 'Moves partitions to other replicas.',
    example: '{ reassign: { orders-0: [2, 3, 4] } }',
  },
  {
    name: 'create-topic',
    meaning: 'Creates a topic.',
    example: '{ create-topic: payments, partitions: 3, replication-factor: 2 }',
  },
  {
    name: 'add-partitions',
    meaning: 'Gives a topic more partitions, up to `total`.',
    example: '{ add-partitions: orders, total: 3 }',
  },
  { name: 'delete-topic', meaning: 'Deletes a topic.', example: '{ delete-topic: orders }' },
  {
    name: 'set',
    meaning: 'Changes settings of brokers or of a topic while they run.',
    example: '{ set: { min.insync.replicas: 2 }, on: topic orders }',
  },
  {
    name: 'request',
    meaning:
      'Sends one raw request to a named broker, whether it leads or not; the answer is kept under the name after `as`.',
    example: '{ request: fetch, to: broker 2, partition: orders-0, from-offset: 0, as: stale read }',
  },
  { name: 'start-client', meaning: 'Lets a stopped client go on.', example: '{ start-client: c1 }' },
  {
    name: 'stop-client',
    meaning: 'Stops a client: a producer offers nothing more, a consumer polls no more.',
    example: '{ stop-client: p1 }',
  },
  {
    name: 'busy',
    meaning: 'The application of a group member processes something for so long, and does not poll.',
    example: '{ busy: c1, for: 6m }',
  },
  {
    name: 'send',
    meaning: 'Makes a producer send this many records at once.',
    example: '{ send: 3, from: p1, value: a, partition: 0 }',
  },
  {
    name: 'call',
    meaning:
      'An application calls its transactional producer; calls of one client run one after another, and what a call gives is kept under the name after `as`.',
    example: '{ call: commit, client: p1, as: the commit }',
  },
  {
    name: 'observe',
    meaning: 'Copies what can be seen of the cluster into the result under a name; changes nothing.',
    example: '{ observe: before the crash }',
  },
  {
    name: 'note',
    meaning: 'Puts a mark with a text on the timeline; changes nothing.',
    example: '{ note: the old leader is a zombie now }',
  },
] as const satisfies readonly Word[]

export type ActionName = (typeof ACTIONS)[number]['name']

/** Everything a step can wait for; the name is the first key of the condition. */
export const CONDITIONS = [
  {
    name: 'leader',
    meaning: 'The registry names this leader (or another one than `is-not`).',
    example: '{ leader: orders-0, is: broker 2 }',
  },
  {
    name: 'epoch',
    meaning: 'The leader epoch in the registry is within the bounds.',
    example: '{ epoch: orders-0, at-least: 2 }',
  },
  {
    name: 'isr',
    meaning: 'The ISR in the registry has these members, or this size.',
    example: '{ isr: orders-0, lacks: broker 3, size: 2 }',
  },
  {
    name: 'high-watermark',
    meaning: 'The high watermark of a replica (the leader unless `of` says which) is within the bounds.',
    example: '{ high-watermark: orders-0, of: broker 2, at-least: 10 }',
  },
  {
    name: 'high-watermark-checkpoint',
    meaning:
      'The high watermark in the checkpoint file of a replica (the leader unless `of` says which) is within the bounds.',
    example: '{ high-watermark-checkpoint: orders-0, of: broker 3, at-least: 1 }',
  },
  {
    name: 'log-end-offset',
    meaning: 'The log end of a replica (the leader unless `of` says which) is within the bounds.',
    example: '{ log-end-offset: orders-0, at-least: 100 }',
  },
  {
    name: 'log-start-offset',
    meaning: 'The log start of a replica (the leader unless `of` says which) is within the bounds.',
    example: '{ log-start-offset: orders-0, at-least: 1 }',
  },
  {
    name: 'belief',
    meaning: 'A broker believes this about a partition, whatever the registry says.',
    example: '{ belief: broker 1, about: orders-0, role: leader }',
  },
  {
    name: 'session',
    meaning: 'The registry has, or has no longer, a live session of a broker.',
    example: '{ session: broker 1, is: gone }',
  },
  {
    name: 'registration',
    meaning: 'A broker is, or is not, registered under /brokers/ids.',
    example: '{ registration: broker 1, is: present }',
  },
  {
    name: 'process',
    meaning: 'The process of a broker is up, down or paused.',
    example: '{ process: broker 1, is: down }',
  },
  {
    name: 'controller',
    meaning: 'The registry names this controller, any, or none.',
    example: '{ controller: broker 2, epoch: { at-least: 2 } }',
  },
  {
    name: 'acked',
    meaning: 'This many records of a producer (or of all) were acknowledged.',
    example: '{ acked: p1, at-least: 100 }',
  },
  {
    name: 'failed',
    meaning: 'This many records of a producer (or of all) were answered with a definite error.',
    example: '{ failed: all, at-least: 1 }',
  },
  {
    name: 'sent',
    meaning: 'This many records were given to a producer (or to all).',
    example: '{ sent: p1, equals: 10 }',
  },
  {
    name: 'position',
    meaning: 'The position of a consumer in a partition is within the bounds.',
    example: '{ position: c1, partition: orders-0, at-least: 10 }',
  },
  {
    name: 'group',
    meaning: 'A group is in that state, in that generation and with so many members, as its coordinator has it.',
    example: '{ group: billing, state: Stable, members: 3 }',
  },
  {
    name: 'fact',
    meaning: 'Something of this kind has happened, since the start of the run or since the step before.',
    example: '{ fact: truncated, by: broker 1, partition: orders-0, since: previous }',
  },
  {
    name: 'written',
    meaning: 'The state of a partition has been written to the registry in this form at some time.',
    example: '{ written: orders-0, leader: broker 2, isr: [2, 3], any-order: true }',
  },
  {
    name: 'answered',
    meaning: 'The raw request or call of that name has its answer; with `gives` that answer: NONE, or the exception.',
    example: '{ answered: stale read, gives: NONE }',
  },
  {
    name: 'transaction',
    meaning: 'The state of a transactional id that was last written to the transaction log.',
    example: '{ transaction: billing-1, state: PrepareCommit }',
  },
  {
    name: 'converged',
    meaning: 'The logs of the whole ISR end at the same offset, of a partition or of all.',
    example: '{ converged: all }',
  },
  {
    name: 'all',
    meaning: 'Every condition of the list holds.',
    example: '{ all: [{ leader: orders-0, is: broker 2 }, { session: broker 1, is: gone }] }',
  },
  {
    name: 'any',
    meaning: 'At least one condition of the list holds.',
    example: '{ any: [{ controller: broker 2 }, { controller: broker 3 }] }',
  },
  { name: 'not', meaning: 'The condition does not hold.', example: '{ not: { leader: orders-0, is: none } }' },
] as const satisfies readonly Word[]

export type ConditionName = (typeof CONDITIONS)[number]['name']

/** Whom an action or a condition means; roles are resolved when the step fires. */
export const TARGETS = [
  { name: 'broker N', meaning: 'The broker of that id.', example: 'broker 2' },
  { name: 'brokers', meaning: 'Every broker of the cluster.', example: 'brokers' },
  {
    name: 'leader(P)',
    meaning: 'The broker that the registry names leader of the partition.',
    example: 'leader(orders-0)',
  },
  {
    name: 'followers(P)',
    meaning: 'The replicas of the partition that do not lead it.',
    example: 'followers(orders-0)',
  },
  { name: 'isr(P)', meaning: 'The members of the ISR of the partition.', example: 'isr(orders-0)' },
  { name: 'preferred(P)', meaning: 'The first assigned replica of the partition.', example: 'preferred(orders-0)' },
  { name: 'controller', meaning: 'The broker that the registry names controller.', example: 'controller' },
  { name: 'rack(R)', meaning: 'The brokers of the rack.', example: 'rack(a)' },
  {
    name: 'random(broker)',
    meaning: 'One of the brokers that are up, drawn from the seed.',
    example: 'random(broker)',
  },
  { name: 'registry', meaning: 'The registry (ZooKeeper).', example: 'registry' },
  { name: 'client C', meaning: 'The process of the producer or consumer of that name.', example: 'client p1' },
] as const satisfies readonly Word[]

/** What can be counted at the end of a run, with its name in a plan. */
export const COUNTS = [
  { name: 'sent', plan: 'sent', meaning: 'Records that were given to producers.', example: 'sent: 100' },
  {
    name: 'acked',
    plan: 'acked',
    meaning: 'Records whose producer was told success (acks=0 counts as unknown).',
    example: 'acked: { at-least: 500 }',
  },
  {
    name: 'failed',
    plan: 'failed',
    meaning: 'Records whose producer was told a definite error.',
    example: 'failed: 0',
  },
  {
    name: 'unknown',
    plan: 'unknown',
    meaning: 'Records whose producer cannot know what became of them.',
    example: 'unknown: { at-most: 5 }',
  },
  {
    name: 'lost',
    plan: 'lost',
    meaning: 'Acknowledged records that the last leader does not have at the end.',
    example: 'lost: 0',
  },
  {
    name: 'committed',
    plan: 'committed',
    meaning: 'Offsets at which a record was ever committed.',
    example: 'committed: { at-least: 500 }',
  },
  {
    name: 'lost-acked-at-all',
    plan: 'lostAckedAtAll',
    meaning: 'Lost records that were sent with acks=all.',
    example: 'lost-acked-at-all: 0',
  },
  {
    name: 'lost-acked-at-one',
    plan: 'lostAckedAtOne',
    meaning: 'Lost records that were sent with acks of 1 or another number.',
    example: 'lost-acked-at-one: { at-most: 1 }',
  },
  {
    name: 'lost-committed',
    plan: 'lostCommitted',
    meaning: 'Records that were committed once and that the last leader does not have at the end.',
    example: 'lost-committed: 0',
  },
  {
    name: 'ever-missing',
    plan: 'everMissing',
    meaning: 'Acknowledged records that some leader did not have for a while, come back or not.',
    example: 'ever-missing: { at-most: 1 }',
  },
  {
    name: 'duplicated',
    plan: 'duplicated',
    meaning: 'Records that are in a log more than once at the end.',
    example: 'duplicated: 0',
  },
  {
    name: 'unavailable-time',
    plan: 'unavailableUs',
    meaning: 'The longest time a producer went without an acknowledgement.',
    example: 'unavailable-time: { at-most: 8s }',
  },
  {
    name: 'elections',
    plan: 'elections',
    meaning: 'Leaders that controllers elected.',
    example: 'elections: { at-least: 1 }',
  },
  {
    name: 'unclean-elections',
    plan: 'uncleanElections',
    meaning: 'Leaders that were elected from outside the ISR.',
    example: 'unclean-elections: 0',
  },
  {
    name: 'processed',
    plan: 'processed',
    meaning: 'Records that the applications of group members have processed, each group for itself.',
    example: 'processed: { at-least: 100 }',
  },
  {
    name: 'processed-again',
    plan: 'processedAgain',
    meaning: 'Times that a group processed a record which it had processed before.',
    example: 'processed-again: { at-least: 1 }',
  },
  {
    name: 'skipped',
    plan: 'skipped',
    meaning: 'Committed records that a group never processed although it processed later ones of the partition.',
    example: 'skipped: 0',
  },
  {
    name: 'controller-elections',
    plan: 'controllerElections',
    meaning: 'Times a broker became controller, the first one too.',
    example: 'controller-elections: 1',
  },
  {
    name: 'truncations',
    plan: 'truncations',
    meaning: 'Times records were cut from the end of a log.',
    example: 'truncations: { at-most: 2 }',
  },
  {
    name: 'sessions-expired',
    plan: 'sessionsExpired',
    meaning: 'Sessions that the registry ended because it had not heard their broker.',
    example: 'sessions-expired: 1',
  },
] as const satisfies readonly (Word & { readonly plan: string })[]

export type CountName = (typeof COUNTS)[number]['name']
