import type { Word } from './word.ts'

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
