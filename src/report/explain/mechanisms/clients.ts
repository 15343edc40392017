/** Words of the switches about producers and consumers that decide nothing within a group. */
import { inArea, yesNo } from './words.ts'

export const CLIENTS = inArea('clients', {
  clientAsksVersions: {
    meaning: 'Whether a client asks a broker for its versions on each new connection (KIP-97).',
    values: yesNo('it does: a broker that hangs is not handed a retry', 'it sends its request at once'),
  },
  retriesReversedAfterDisconnect: {
    meaning: 'In which order a producer sends again what was in flight on a connection that broke.',
    values: yesNo('in reversed order', 'in the order it was sent'),
  },
  sequencesCount: {
    meaning:
      'What the sequences of an idempotent producer count, and so what becomes of that of a batch that is given up.',
    values: {
      acknowledged:
        'acknowledged records: the next batch takes it, and after one that expires in retry the producer asks for another id (0.11)',
      sent: 'sent records: nothing new is sent until it is clear whether the log took it (KAFKA-5494, 1.0)',
    },
  },
  consumerValidatesOffsets: {
    meaning: 'Whether a consumer holds its position against the epochs of a new leader (KIP-320).',
    values: yesNo('it does, and learns of a truncation', 'it reads on as if nothing had been cut'),
  },
  readReplicaDroppedOnError: {
    meaning: 'Whether a consumer goes back to the leader when a fetch from another replica fails.',
    values: yesNo('it does', 'it asks that replica again, until its metadata does not list it or its lease is over'),
  },
  keylessPartitioner: {
    meaning: 'Where records without a key go.',
    values: {
      'round-robin': 'to one partition after another',
      sticky: 'to one partition until a new batch would be opened (KIP-480)',
      'by-bytes': 'to one partition until batch.size bytes went there, the next one by the load (KIP-794)',
    },
  },
  unknownPartition: {
    meaning: 'What a send does that names a partition the topic does not have.',
    values: {
      throws: 'it throws KafkaException after one look at the metadata',
      waits: 'it waits for the partition as long as max.block.ms allows (2.1)',
    },
  },
  memoryError: {
    meaning: 'What a send is told that waited for memory for max.block.ms.',
    values: { timeout: 'TimeoutException', 'buffer-exhausted': 'BufferExhaustedException (KAFKA-3720, 2.6)' },
  },
  requestTimeoutError: {
    meaning: 'What a record is told whose request got no answer in request.timeout.ms.',
    values: { network: 'NetworkException', 'timed-out': 'TimeoutException (KAFKA-14317, 3.5)' },
  },
})
