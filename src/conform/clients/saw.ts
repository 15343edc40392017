/** Every kind of thing seen in a recording of clients, by its word. */

import { own } from '../../kernel/own.ts'
import type { SawRule } from './rule.ts'
import { CLUSTER_SEEN } from './saw-cluster.ts'
import { COMMIT_RUNS_SEEN } from './saw-commit-runs.ts'
import { CONSUMER_GROUP_SEEN } from './saw-consumer-group.ts'
import { GROUPS_SEEN } from './saw-group.ts'
import { LOG_SEEN } from './saw-log.ts'
import { PARTITIONS_SEEN } from './saw-partitions.ts'
import { RAW_SEEN } from './saw-raw.ts'
import { RESULTS_SEEN } from './saw-results.ts'
import { SENDS_SEEN } from './saw-sends.ts'
import { TRANSACTIONS_SEEN } from './saw-transactions.ts'

const SAW_RULES: Readonly<Record<string, SawRule>> = {
  ...CLUSTER_SEEN,
  ...RESULTS_SEEN,
  ...SENDS_SEEN,
  ...PARTITIONS_SEEN,
  ...LOG_SEEN,
  ...TRANSACTIONS_SEEN,
  ...GROUPS_SEEN,
  ...RAW_SEEN,
  ...COMMIT_RUNS_SEEN,
  ...CONSUMER_GROUP_SEEN,
}

/** What a word means to a replay; undefined: the word is not known. */
export const sawRule = (word: string): SawRule | undefined => own(SAW_RULES, word)
