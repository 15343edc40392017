/** The form of one step of an administration: from the answer to the last registry request to the next. */
import type { ErrorName } from '../../kafka/errors.ts'
import type { BrokerId } from '../../kafka/ids.ts'
import type { RegistryOp, RegistryResult } from '../../kafka/messages/registry.ts'
import type { Json } from '../../kernel/json.ts'

export interface StepGiven {
  readonly stage: number
  readonly memo: Json
  /** The answer to what the step before asked; null at the beginning. */
  readonly result: RegistryResult | null
  readonly retried: boolean
  readonly brokers: readonly { readonly id: BrokerId; readonly rack: string | null }[]
  readonly random: (stream: string) => number
}

export type Next =
  | { readonly done: Json }
  /** The answer to `ask` is given to the step `stage`; `memo` replaces what was remembered. */
  | { readonly ask: RegistryOp; readonly stage: number; readonly memo?: Json }

export const done = (): Next => ({ done: { error: 'NONE' } })

/** Refused, with a sentence that says why. */
export const refused = (error: ErrorName, message: string): Next => ({ done: { error, message } })

export const ask = (stage: number, op: RegistryOp, memo?: Json): Next =>
  memo === undefined ? { ask: op, stage } : { ask: op, stage, memo }

export const readData = (path: string): RegistryOp => ({ op: 'getData', path, watch: false })
export const readChildren = (path: string): RegistryOp => ({ op: 'getChildren', path, watch: false })
export const readExists = (path: string): RegistryOp => ({ op: 'exists', path, watch: false })
export const writeNew = (path: string, data: Json): RegistryOp => ({ op: 'create', path, data, ephemeral: false })
export const writeOver = (path: string, data: Json, version: number): RegistryOp => ({
  op: 'setData',
  path,
  data,
  version,
})

/** Whether `exists` found the node. */
export const wasFound = (result: RegistryResult | null): boolean =>
  result !== null && result.error === null && result.stat !== null && result.stat !== undefined

/** The end of a job whose last step creates a node: an "exists" after a retry is the echo of the first try. */
export function created(given: StepGiven, existsMessage: string): Next {
  const error = given.result?.error ?? null
  if (error === null || (error === 'NODEEXISTS' && given.retried)) return done()
  return refused('INVALID_REQUEST', error === 'NODEEXISTS' ? existsMessage : `the registry answered ${error}`)
}
