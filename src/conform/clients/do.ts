/** Every action of a recording of clients, by its word. */

import { own } from '../../kernel/own.ts'
import { CLUSTER_ACTIONS } from './do-cluster.ts'
import { GROUP_ACTIONS } from './do-group.ts'
import { LIFE_ACTIONS } from './do-life.ts'
import { SEND_ACTIONS } from './do-send.ts'
import { TRANSACTION_ACTIONS } from './do-transactions.ts'
import type { DoRule } from './rule.ts'

const DO_RULES: Readonly<Record<string, DoRule>> = {
  ...CLUSTER_ACTIONS,
  ...LIFE_ACTIONS,
  ...SEND_ACTIONS,
  ...TRANSACTION_ACTIONS,
  ...GROUP_ACTIONS,
}

/** What a word does in a replay; undefined: the word is not known. */
export const doRule = (word: string): DoRule | undefined => own(DO_RULES, word)
