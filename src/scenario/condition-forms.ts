/** The forms of conditions that a step waits for. */
import { z } from 'zod'
import { FACTS } from './fact-words.ts'
import {
  amount,
  bounds,
  brokerId,
  brokerOrNone,
  byHead,
  clientName,
  count,
  described,
  flag,
  line,
  list,
  map,
  oneOf,
  partition,
  positive,
  target,
  targetOrNone,
  targets,
  textLike,
  topicName,
} from './forms.ts'
import { TARGET_ANY_OR_NONE_PATTERN } from './target.ts'
import { CONDITIONS, type ConditionName } from './vocabulary/conditions.ts'

const figure = { of: target.optional().describe('The replica; the leader by default.'), ...bounds }
const clientOrAll = textLike('client-name', /^[A-Za-z0-9._-]{1,100}$/).describe('A producer, or all.')

const simpleConditions = {
  leader: map({
    leader: partition,
    is: targetOrNone.optional(),
    'is-not': targetOrNone.optional(),
  }),
  epoch: map({ epoch: partition, ...bounds }),
  isr: map({
    isr: partition,
    equals: list(brokerId, 'replicas').optional().describe('Exactly these members.'),
    contains: targets.optional().describe('These are members.'),
    lacks: targets.optional().describe('These are no members.'),
    size: amount.optional().describe('How many members.'),
  }),
  'high-watermark': map({ 'high-watermark': partition, ...figure }),
  'high-watermark-checkpoint': map({ 'high-watermark-checkpoint': partition, ...figure }),
  'log-end-offset': map({ 'log-end-offset': partition, ...figure }),
  'log-start-offset': map({ 'log-start-offset': partition, ...figure }),
  belief: map({
    belief: target,
    about: partition,
    leader: brokerOrNone.optional(),
    epoch: amount.optional(),
    isr: list(brokerId, 'replicas').optional(),
    role: oneOf('leader', 'follower').optional(),
  }),
  session: map({ session: target, is: oneOf('alive', 'gone') }),
  registration: map({ registration: target, is: oneOf('present', 'gone') }),
  process: map({ process: target, is: oneOf('up', 'down', 'paused') }),
  controller: map({ controller: textLike('controller', TARGET_ANY_OR_NONE_PATTERN), epoch: amount.optional() }),
  acked: map({ acked: clientOrAll, ...bounds }),
  failed: map({ failed: clientOrAll, ...bounds }),
  sent: map({ sent: clientOrAll, ...bounds }),
  position: map({ position: clientName, partition, ...bounds }),
  group: map({
    group: topicName,
    state: oneOf('Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable').optional(),
    generation: amount.optional(),
    members: amount.optional(),
  }),
  fact: map({
    fact: z.enum(Object.keys(FACTS) as [string, ...string[]], { error: 'fact' }),
    by: target.optional().describe('The broker that says so.'),
    partition: partition.optional(),
    since: oneOf('start', 'previous')
      .optional()
      .describe('Since the start of the run (by default) or since the step before.'),
    count: positive.optional().describe('At least this often. 1 by default.'),
  }),
  written: map({
    written: partition,
    leader: brokerOrNone.optional(),
    epoch: count.optional(),
    isr: list(brokerId, 'replicas').optional(),
    'any-order': flag.optional().describe('The order of `isr` does not matter.'),
    version: count.optional().describe('Version of the znode.'),
  }),
  answered: map({ answered: line, gives: line.optional().describe('NONE, or the outermost exception.') }),
  transaction: map({
    transaction: line,
    state: oneOf('Empty', 'Ongoing', 'PrepareCommit', 'PrepareAbort', 'CompleteCommit', 'CompleteAbort', 'Dead'),
  }),
  converged: map({ converged: textLike('partition-or-all', /^(all|[A-Za-z0-9._-]+-\d+)$/) }),
}

type SimpleForms = typeof simpleConditions
export type SimpleConditionForm = { [Name in keyof SimpleForms]: z.infer<SimpleForms[Name]> }[keyof SimpleForms]
export type ConditionForm =
  | SimpleConditionForm
  | { readonly all: ConditionForm[] }
  | { readonly any: ConditionForm[] }
  | { readonly not: ConditionForm }

const later: z.ZodType<ConditionForm> = z.lazy(() => condition)
export const condition: z.ZodType<ConditionForm> = byHead(
  'condition',
  described(CONDITIONS, {
    ...simpleConditions,
    all: map({ all: list(later).min(1, 'conditions') }),
    any: map({ any: list(later).min(1, 'conditions') }),
    not: map({ not: later }),
  } satisfies Record<ConditionName, z.ZodType>),
).meta({ id: 'condition' })
