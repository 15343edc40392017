/** Fewer clients and fewer records. */
import type { ClientForm, ScenarioDocument } from '../../scenario/schema.ts'
import type { Search } from './reduce.ts'
import { leaveOut, whileAny } from './reduce.ts'

const clientsOf = (document: ScenarioDocument): readonly (readonly [string, ClientForm])[] =>
  Object.entries(document.clients ?? {})

const withClients = (
  document: ScenarioDocument,
  clients: readonly (readonly [string, ClientForm])[],
): ScenarioDocument => ({
  ...document,
  clients: Object.fromEntries(clients),
})

export function fewerOperations(search: Search): void {
  leaveOut(search, clientsOf, withClients)
  whileAny(search, fewerRecords)
  whileAny(search, simplerClients)
}

const COUNTS = [1, 2, 3, 5, 8, 12, 20, 40, 80] as const

function* fewerRecords(document: ScenarioDocument): Iterable<ScenarioDocument> {
  const clients = clientsOf(document)
  for (const [at, [name, form]] of clients.entries()) {
    if (!('produces' in form) || form.rate === undefined) continue
    const replace = (changed: ClientForm): ScenarioDocument =>
      withClients(document, [...clients.slice(0, at), [name, changed], ...clients.slice(at + 1)])
    const { rate: _, count, ...without } = form
    if (document.steps?.some((step) => JSON.stringify(step.do).includes('"send"'))) yield replace(without)
    for (const fewer of COUNTS) {
      if (fewer >= (count ?? 1_000)) break
      yield replace({ ...form, count: fewer })
    }
  }
}

function* simplerClients(document: ScenarioDocument): Iterable<ScenarioDocument> {
  const clients = clientsOf(document)
  for (const [at, [name, form]] of clients.entries()) {
    const replace = (changed: ClientForm): ScenarioDocument =>
      withClients(document, [...clients.slice(0, at), [name, changed], ...clients.slice(at + 1)])
    if ('produces' in form) {
      if (form.keys !== undefined) {
        const { keys: _, ...rest } = form
        yield replace(rest)
      }
    }
    for (const key of Object.keys(form.settings ?? {})) {
      const settings = Object.fromEntries(Object.entries(form.settings!).filter(([other]) => other !== key))
      yield replace({ ...form, settings })
    }
    if (form.settings !== undefined && Object.keys(form.settings).length === 0) {
      const { settings: _, ...rest } = form
      yield replace(rest as ClientForm)
    }
  }
}
