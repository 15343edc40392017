import type { Plan, PlanController } from './plan.ts'

/** Where a plan of KRaft names no controllers there is one, up from the start. */
const THE_ONE: readonly PlanController[] = [{ id: 3001, startAtUs: 0 }]

/** The controllers of KRaft, ascending by id; none with a registry. */
export const controllersOf = (plan: Plan): readonly PlanController[] =>
  plan.mechanisms.metadata === 'kraft' ? (plan.controllers ?? THE_ONE) : []
