/** What clients are told of an error of the coordinator's log (0.9 to 3.x GroupMetadataManager). */
import type { ErrorName } from '../../../kafka/errors.ts'

const isTooLarge = (error: ErrorName): boolean => error === 'MESSAGE_TOO_LARGE' || error === 'RECORD_LIST_TOO_LARGE'

/** As far as it does not matter what was written. */
function logError(error: ErrorName): ErrorName {
  switch (error) {
    case 'UNKNOWN_TOPIC_OR_PARTITION':
    case 'NOT_ENOUGH_REPLICAS':
    case 'NOT_ENOUGH_REPLICAS_AFTER_APPEND':
      return 'COORDINATOR_NOT_AVAILABLE'
    case 'NOT_LEADER_FOR_PARTITION':
    case 'KAFKA_STORAGE_ERROR':
      return 'NOT_COORDINATOR'
    default:
      return error
  }
}

/** Of committed offsets. */
export const commitError = (error: ErrorName): ErrorName =>
  isTooLarge(error) ? 'INVALID_COMMIT_OFFSET_SIZE' : logError(error)

/** Of a group's record: its members join again where it is not known whether it was written. */
export function storeError(error: ErrorName): ErrorName {
  if (isTooLarge(error)) return 'UNKNOWN_SERVER_ERROR'
  return error === 'REQUEST_TIMED_OUT' ? 'REBALANCE_IN_PROGRESS' : logError(error)
}
