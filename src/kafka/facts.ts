/**
 * Facts: what machines say happened, as data. The timeline, the ledger, conditions of steps, properties and `why`
 * chains are made of them. They change nothing in the run.
 */
import type { ClientFact } from './facts/client.ts'
import type { ClusterFact } from './facts/cluster.ts'
import type { GroupFact } from './facts/group.ts'
import type { LogFact } from './facts/log.ts'
import type { ProcessFact } from './facts/process.ts'
import type { ReplicationFact } from './facts/replication.ts'
import type { TransactionFact } from './facts/transaction.ts'

export type Fact = LogFact | ReplicationFact | GroupFact | TransactionFact | ProcessFact | ClusterFact | ClientFact

export type FactKind = Fact['kind']

/** A copy of records is gone from a log: cut by a broker that follows another one, or lost with a disk or its power. */
export type CutFact = Extract<Fact, { readonly kind: 'truncated' | 'powerLost' | 'diskReplaced' | 'recoveryCut' }>

export const isCut = (fact: Fact): fact is CutFact =>
  fact.kind === 'truncated' || fact.kind === 'powerLost' || fact.kind === 'diskReplaced' || fact.kind === 'recoveryCut'
