/** Fewer brokers, topics, partitions and replicas. What remains is numbered from 1 (partitions from 0) again. */
import type { ClientForm, ScenarioDocument, StepForm, TopicForm } from '../../scenario/schema.ts'
import type { Search } from './reduce.ts'
import { mapTexts, whileAny } from './reduce.ts'

export function fewerNodes(search: Search): void {
  whileAny(search, withoutOneBroker)
  whileAny(search, withoutRacks)
}

export function fewerPartitions(search: Search): void {
  whileAny(search, withoutOneTopic)
  whileAny(search, withoutOnePartition)
  whileAny(search, withoutOneReplica)
}

const brokerIds = ({ cluster }: ScenarioDocument): number[] =>
  typeof cluster.brokers === 'number'
    ? Array.from({ length: cluster.brokers }, (_, i) => i + 1)
    : cluster.brokers.map(({ id }) => id)

/** A target that names a broker which is gone; lists of targets lose only that member. */
function withoutTarget(step: StepForm, target: string): StepForm | null {
  const names = (value: unknown): boolean => value === target
  const walk = (value: unknown): unknown => {
    if (names(value)) return undefined
    if (Array.isArray(value)) {
      const rest = value.map(walk).filter((it) => it !== undefined)
      return rest.length === 0 && value.length > 0 ? undefined : rest
    }
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).map(([key, inner]) => [key, walk(inner)] as const)
    return entries.some(([, inner]) => inner === undefined) ? undefined : Object.fromEntries(entries)
  }
  return (walk(step) as StepForm | undefined) ?? null
}

const mapReplicas = (form: TopicForm, change: (ids: readonly number[]) => number[]): TopicForm =>
  form.replicas === undefined ? form : { ...form, replicas: form.replicas.map(change) }

const mapTopics = (document: ScenarioDocument, change: (form: TopicForm) => TopicForm): ScenarioDocument => ({
  ...document,
  topics: Object.fromEntries(Object.entries(document.topics ?? {}).map(([name, form]) => [name, change(form)])),
})

function* withoutOneBroker(document: ScenarioDocument): Iterable<ScenarioDocument> {
  const ids = brokerIds(document)
  if (ids.length < 2) return
  for (const gone of [...ids].reverse()) {
    const lower = (id: number): number => (id > gone ? id - 1 : id)
    const steps = (document.steps ?? []).flatMap((step) => withoutTarget(step, `broker ${gone}`) ?? [])
    const { cluster } = document
    const brokers =
      typeof cluster.brokers === 'number'
        ? cluster.brokers - 1
        : cluster.brokers.filter(({ id }) => id !== gone).map((it) => ({ ...it, id: lower(it.id) }))
    const smaller = mapTopics({ ...document, cluster: { ...cluster, brokers }, steps }, (form) =>
      mapReplicas(form, (replicas) => replicas.filter((id) => id !== gone).map(lower)),
    )
    if (Object.values(smaller.topics ?? {}).some(({ replicas }) => replicas?.some((it) => it.length === 0))) continue
    yield mapTexts(smaller, (text) => text.replace(/^broker (\d+)$/, (_, id: string) => `broker ${lower(Number(id))}`))
  }
}

function* withoutRacks(document: ScenarioDocument): Iterable<ScenarioDocument> {
  const { cluster } = document
  if (typeof cluster.brokers === 'number') return
  yield { ...document, cluster: { ...cluster, brokers: cluster.brokers.length } }
}

function* withoutOneTopic(document: ScenarioDocument): Iterable<ScenarioDocument> {
  const names = Object.keys(document.topics ?? {})
  if (names.length < 2) return
  for (const gone of names) {
    const topics = Object.fromEntries(Object.entries(document.topics!).filter(([name]) => name !== gone))
    const clients = Object.fromEntries(
      Object.entries(document.clients ?? {}).flatMap(([name, form]): [string, ClientForm][] => {
        if ('produces' in form) return form.produces === gone ? [] : [[name, form]]
        const consumes = [form.consumes].flat().filter((topic) => topic !== gone)
        return consumes.length === 0 ? [] : [[name, { ...form, consumes }]]
      }),
    )
    const about = new RegExp(`\\b${gone}-\\d+\\b`)
    const steps = (document.steps ?? []).filter((step) => !about.test(JSON.stringify(step)))
    yield { ...document, topics, clients, steps }
  }
}

function* withoutOnePartition(document: ScenarioDocument): Iterable<ScenarioDocument> {
  for (const [name, form] of Object.entries(document.topics ?? {})) {
    const { replicas } = form
    if (replicas === undefined || replicas.length < 2) continue
    for (let gone = replicas.length - 1; gone >= 0; gone--) {
      const about = new RegExp(`\\b${name}-${gone}\\b`)
      const steps = (document.steps ?? []).filter((step) => !about.test(JSON.stringify(step)))
      const topics = { ...document.topics, [name]: { ...form, replicas: replicas.filter((_, p) => p !== gone) } }
      const partition = new RegExp(`\\b${name}-(\\d+)\\b`, 'g')
      yield mapTexts({ ...document, topics, steps }, (text) =>
        text.replace(partition, (_, p: string) => `${name}-${Number(p) > gone ? Number(p) - 1 : p}`),
      )
    }
  }
}

function* withoutOneReplica(document: ScenarioDocument): Iterable<ScenarioDocument> {
  for (const [name, form] of Object.entries(document.topics ?? {})) {
    for (const [p, replicas] of (form.replicas ?? []).entries()) {
      for (let at = replicas.length - 1; at >= 0 && replicas.length > 1; at--) {
        const fewer = form.replicas!.map((it, q) => (q === p ? it.filter((_, index) => index !== at) : it))
        yield { ...document, topics: { ...document.topics, [name]: { ...form, replicas: fewer } } }
      }
    }
  }
}
