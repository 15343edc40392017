/** Every kind of thing seen in a recording of clients, by its word. */
import type { SawRule } from './rule.ts'
import { CLUSTER_SEEN } from './saw-cluster.ts'
import { RESULTS_SEEN } from './saw-results.ts'

export const SAW_RULES: Readonly<Record<string, SawRule>> = {
  ...CLUSTER_SEEN,
  ...RESULTS_SEEN,
}
