/** Facts that a chain of causes is told with, in sentences. Facts that are told nowhere have none. */

import type { RemovedRecord } from '../kafka/facts/log.ts'
import type { Fact } from '../kafka/facts.ts'
import { nodeNumber } from '../kafka/ids.ts'
import { withoutFill } from '../kafka/records.ts'
import type { FactEntry } from '../world/world.ts'

const list = (ids: readonly number[]): string => `[${ids.join(', ')}]`

function removedWords(removed: readonly RemovedRecord[]): string {
  if (removed.length === 0) return 'which removed nothing'
  const names = removed.slice(0, 3).map(({ id, value }) => withoutFill(value ?? '') || id)
  return `which removed ${names.join(', ')}${removed.length > 3 ? ` and ${removed.length - 3} more` : ''}`
}

/** Nodes by the names that scenarios use: `broker 2` for `broker-2`. */
export const inWords = (nodes: string): string =>
  nodes.replace(/\b(broker|controller|quorum|producer|consumer)-(?=\w)/g, '$1 ')

/** The sentence of a fact; null for one that is not worth a line. */
export function sentenceOf({ node, fact }: FactEntry): string | null {
  const who = /-\d+$/.test(node) ? `broker ${nodeNumber(node)}` : node
  return wordsOf(who, fact)
}

function wordsOf(who: string, fact: Fact): string | null {
  switch (fact.kind) {
    case 'truncated':
      return fact.removed.length === 0
        ? null
        : `${who} truncated ${fact.partition} from ${fact.from} to ${fact.to} (${fact.rule}), ${removedWords(fact.removed)}`
    case 'powerLost':
      return `${who} lost the unflushed tail of ${fact.partition} with its power, ${removedWords(fact.removed)}`
    case 'diskReplaced':
      return `${who} lost ${fact.partition} with its disk, ${removedWords(fact.removed)}`
    case 'recoveryCut':
      return `${who} lost the end of ${fact.partition} at its start (${fact.rule}), ${removedWords(fact.removed)}`
    case 'recovered':
      return `${who} recovered ${fact.partition} with log end ${fact.logEndOffset} and high watermark ${fact.highWatermark}`
    case 'becameLeader':
      return `${who} took the lead of ${fact.partition} at epoch ${fact.leaderEpoch} with log end ${fact.logEndOffset} and high watermark ${fact.highWatermark}`
    case 'becameFollower':
      return `${who} became follower of broker ${fact.leader} for ${fact.partition} at epoch ${fact.leaderEpoch}, with log end ${fact.logEndOffset} and high watermark ${fact.highWatermark}`
    case 'isrChanged':
      return `${who} changed the ISR of ${fact.partition} from ${list(fact.fromIsr)} to ${list(fact.toIsr)}`
    case 'leaderElected':
      return `the controller elected broker ${fact.leader} leader of ${fact.partition} at epoch ${fact.leaderEpoch}, ISR ${list(fact.isr)}${fact.unclean ? ', although it was not in the ISR' : ''}`
    case 'replicaRemovedFromIsr':
      return `the controller took broker ${fact.replica} out of the ISR of ${fact.partition}, which became ${list(fact.isr)}`
    case 'controllerElected':
      return `${who} became controller at epoch ${fact.controllerEpoch}`
    case 'registrySessionEnded':
      return `the session of ${inWords(fact.by)} ${fact.expired ? 'expired' : 'was closed'}`
    case 'processHalted':
      return `${who} stopped itself over ${fact.partition}`
    case 'positionReset':
      return `${fact.client} moved its position in ${fact.partition} from ${fact.from} to ${fact.to}: ${fact.why}`
    case 'clientRetried':
      return `${fact.client} sent again to ${fact.partition} after ${fact.error}`
    default:
      return null
  }
}
