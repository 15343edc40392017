import type { Word } from './word.ts'

/** Everything a step can wait for; the name is the first key of the condition. */
export const CONDITIONS = [
  {
    name: 'leader',
    meaning: 'The registry names this leader (or another one than `is-not`).',
    example: '{ leader: orders-0, is: broker 2 }',
  },
  {
    name: 'epoch',
    meaning: 'The leader epoch in the registry is within the bounds.',
    example: '{ epoch: orders-0, at-least: 2 }',
  },
  {
    name: 'isr',
    meaning: 'The ISR in the registry has these members, or this size.',
    example: '{ isr: orders-0, lacks: broker 3, size: 2 }',
  },
  {
    name: 'high-watermark',
    meaning: 'The high watermark of a replica (the leader unless `of` says which) is within the bounds.',
    example: '{ high-watermark: orders-0, of: broker 2, at-least: 10 }',
  },
  {
    name: 'high-watermark-checkpoint',
    meaning:
      'The high watermark in the checkpoint file of a replica (the leader unless `of` says which) is within the bounds.',
    example: '{ high-watermark-checkpoint: orders-0, of: broker 3, at-least: 1 }',
  },
  {
    name: 'log-end-offset',
    meaning: 'The log end of a replica (the leader unless `of` says which) is within the bounds.',
    example: '{ log-end-offset: orders-0, at-least: 100 }',
  },
  {
    name: 'log-start-offset',
    meaning: 'The log start of a replica (the leader unless `of` says which) is within the bounds.',
    example: '{ log-start-offset: orders-0, at-least: 1 }',
  },
  {
    name: 'belief',
    meaning: 'A broker believes this about a partition, whatever the registry says.',
    example: '{ belief: broker 1, about: orders-0, role: leader }',
  },
  {
    name: 'session',
    meaning: 'The registry has, or has no longer, a live session of a broker.',
    example: '{ session: broker 1, is: gone }',
  },
  {
    name: 'registration',
    meaning: 'A broker is, or is not, registered under /brokers/ids.',
    example: '{ registration: broker 1, is: present }',
  },
  {
    name: 'process',
    meaning: 'The process of a broker is up, down or paused.',
    example: '{ process: broker 1, is: down }',
  },
  {
    name: 'controller',
    meaning: 'The registry names this controller, any, or none.',
    example: '{ controller: broker 2, epoch: { at-least: 2 } }',
  },
  {
    name: 'acked',
    meaning: 'This many records of a producer (or of all) were acknowledged.',
    example: '{ acked: p1, at-least: 100 }',
  },
  {
    name: 'failed',
    meaning: 'This many records of a producer (or of all) were answered with a definite error.',
    example: '{ failed: all, at-least: 1 }',
  },
  {
    name: 'sent',
    meaning: 'This many records were given to a producer (or to all).',
    example: '{ sent: p1, equals: 10 }',
  },
  {
    name: 'position',
    meaning: 'The position of a consumer in a partition is within the bounds.',
    example: '{ position: c1, partition: orders-0, at-least: 10 }',
  },
  {
    name: 'group',
    meaning: 'A group is in that state, in that generation and with so many members, as its coordinator has it.',
    example: '{ group: billing, state: Stable, members: 3 }',
  },
  {
    name: 'fact',
    meaning: 'Something of this kind has happened, since the start of the run or since the step before.',
    example: '{ fact: truncated, by: broker 1, partition: orders-0, since: previous }',
  },
  {
    name: 'written',
    meaning: 'The state of a partition has been written to the registry in this form at some time.',
    example: '{ written: orders-0, leader: broker 2, isr: [2, 3], any-order: true }',
  },
  {
    name: 'answered',
    meaning: 'The raw request or call of that name has its answer; with `gives` that answer: NONE, or the exception.',
    example: '{ answered: stale read, gives: NONE }',
  },
  {
    name: 'transaction',
    meaning: 'The state of a transactional id that was last written to the transaction log.',
    example: '{ transaction: billing-1, state: PrepareCommit }',
  },
  {
    name: 'converged',
    meaning: 'The logs of the whole ISR end at the same offset, of a partition or of all.',
    example: '{ converged: all }',
  },
  {
    name: 'all',
    meaning: 'Every condition of the list holds.',
    example: '{ all: [{ leader: orders-0, is: broker 2 }, { session: broker 1, is: gone }] }',
  },
  {
    name: 'any',
    meaning: 'At least one condition of the list holds.',
    example: '{ any: [{ controller: broker 2 }, { controller: broker 3 }] }',
  },
  { name: 'not', meaning: 'The condition does not hold.', example: '{ not: { leader: orders-0, is: none } }' },
] as const satisfies readonly Word[]

export type ConditionName = (typeof CONDITIONS)[number]['name']
