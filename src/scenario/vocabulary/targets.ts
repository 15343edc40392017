import type { Word } from './word.ts'

/** Whom an action or a condition means; roles are resolved when the step fires. */
export const TARGETS = [
  { name: 'broker N', meaning: 'The broker of that id.', example: 'broker 2' },
  { name: 'brokers', meaning: 'Every broker of the cluster.', example: 'brokers' },
  {
    name: 'leader(P)',
    meaning: 'The broker that the registry names leader of the partition.',
    example: 'leader(orders-0)',
  },
  {
    name: 'followers(P)',
    meaning: 'The replicas of the partition that do not lead it.',
    example: 'followers(orders-0)',
  },
  { name: 'isr(P)', meaning: 'The members of the ISR of the partition.', example: 'isr(orders-0)' },
  { name: 'preferred(P)', meaning: 'The first assigned replica of the partition.', example: 'preferred(orders-0)' },
  { name: 'controller', meaning: 'The broker that the registry names controller.', example: 'controller' },
  { name: 'rack(R)', meaning: 'The brokers of the rack.', example: 'rack(a)' },
  {
    name: 'random(broker)',
    meaning: 'One of the brokers that are up, drawn from the seed.',
    example: 'random(broker)',
  },
  { name: 'registry', meaning: 'The registry (ZooKeeper).', example: 'registry' },
  { name: 'client C', meaning: 'The process of the producer or consumer of that name.', example: 'client p1' },
] as const satisfies readonly Word[]
