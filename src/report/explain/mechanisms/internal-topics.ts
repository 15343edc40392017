/** Words of the switches about the topics that coordinators write: when they exist, and how long offsets stay in them. */
import { inArea, yesNo } from './words.ts'

export const INTERNAL_TOPICS = inArea('coordinators', {
  internalTopicsNeedReplicas: {
    meaning: 'Whether an internal topic waits for as many brokers as its replication factor asks for (KIP-115).',
    values: yesNo('it does, and there is no coordinator until then', 'it is created with as many as there are'),
  },
  offsetsExpireWithGroup: {
    meaning: 'How long a committed offset is kept (KIP-211).',
    values: yesNo(
      'while its group has members, and for offsets.retention.minutes after',
      'for offsets.retention.minutes after its commit, whether or not its group is alive',
    ),
  },
})
