import type { Word } from './word.ts'

/** What can be counted at the end of a run, with its name in a plan. */
export const COUNTS = [
  { name: 'sent', plan: 'sent', meaning: 'Records that were given to producers.', example: 'sent: 100' },
  {
    name: 'acked',
    plan: 'acked',
    meaning: 'Records whose producer was told success (acks=0 counts as unknown).',
    example: 'acked: { at-least: 500 }',
  },
  {
    name: 'failed',
    plan: 'failed',
    meaning: 'Records whose producer was told a definite error.',
    example: 'failed: 0',
  },
  {
    name: 'unknown',
    plan: 'unknown',
    meaning: 'Records whose producer cannot know what became of them.',
    example: 'unknown: { at-most: 5 }',
  },
  {
    name: 'lost',
    plan: 'lost',
    meaning: 'Acknowledged records that the last leader does not have at the end.',
    example: 'lost: 0',
  },
  {
    name: 'committed',
    plan: 'committed',
    meaning: 'Offsets at which a record was ever committed.',
    example: 'committed: { at-least: 500 }',
  },
  {
    name: 'lost-acked-at-all',
    plan: 'lostAckedAtAll',
    meaning: 'Lost records that were sent with acks=all.',
    example: 'lost-acked-at-all: 0',
  },
  {
    name: 'lost-acked-at-one',
    plan: 'lostAckedAtOne',
    meaning: 'Lost records that were sent with acks of 1 or another number.',
    example: 'lost-acked-at-one: { at-most: 1 }',
  },
  {
    name: 'lost-committed',
    plan: 'lostCommitted',
    meaning: 'Records that were committed once and that the last leader does not have at the end.',
    example: 'lost-committed: 0',
  },
  {
    name: 'ever-missing',
    plan: 'everMissing',
    meaning: 'Acknowledged records that some leader did not have for a while, come back or not.',
    example: 'ever-missing: { at-most: 1 }',
  },
  {
    name: 'duplicated',
    plan: 'duplicated',
    meaning: 'Records that are in a log more than once at the end.',
    example: 'duplicated: 0',
  },
  {
    name: 'unavailable-time',
    plan: 'unavailableUs',
    meaning: 'The longest time a producer went without an acknowledgement.',
    example: 'unavailable-time: { at-most: 8s }',
  },
  {
    name: 'elections',
    plan: 'elections',
    meaning: 'Leaders that controllers elected.',
    example: 'elections: { at-least: 1 }',
  },
  {
    name: 'unclean-elections',
    plan: 'uncleanElections',
    meaning: 'Leaders that were elected from outside the ISR.',
    example: 'unclean-elections: 0',
  },
  {
    name: 'processed',
    plan: 'processed',
    meaning: 'Records that the applications of group members have processed, each group for itself.',
    example: 'processed: { at-least: 100 }',
  },
  {
    name: 'processed-again',
    plan: 'processedAgain',
    meaning: 'Times that a group processed a record which it had processed before.',
    example: 'processed-again: { at-least: 1 }',
  },
  {
    name: 'skipped',
    plan: 'skipped',
    meaning: 'Committed records that a group never processed although it processed later ones of the partition.',
    example: 'skipped: 0',
  },
  {
    name: 'controller-elections',
    plan: 'controllerElections',
    meaning: 'Times a broker became controller, the first one too.',
    example: 'controller-elections: 1',
  },
  {
    name: 'truncations',
    plan: 'truncations',
    meaning: 'Times records were cut from the end of a log.',
    example: 'truncations: { at-most: 2 }',
  },
  {
    name: 'sessions-expired',
    plan: 'sessionsExpired',
    meaning: 'Sessions that the registry ended because it had not heard their broker.',
    example: 'sessions-expired: 1',
  },
] as const satisfies readonly (Word & { readonly plan: string })[]

export type CountName = (typeof COUNTS)[number]['name']
