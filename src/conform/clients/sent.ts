/** What a replayed producer sent and was told, as recordings write it. */
import { errorNamed } from '../../kafka/errors.ts'
import { exceptionClass } from '../../kafka/exceptions.ts'
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import type { SentRecord, World } from '../../world/world.ts'
import type { ClientsEntry } from './recording.ts'
import { listOf, numberOf } from './recording.ts'

/** Records of one client of the plan, in the order in which they were sent. */
export const sentBy = (world: World, client: string): SentRecord[] =>
  Object.values(world.ledger.sent).filter((sent) => sent.client === client)

/** Classes of the exception that a record ended with, outermost first; null: it was acknowledged. */
export function exceptionOf(sent: SentRecord, m: Mechanisms): readonly string[] | null {
  if (sent.exception !== undefined) return sent.exception
  if (sent.error === null || sent.error === 'NONE') return null
  return [exceptionClass(errorNamed(sent.error).name as Parameters<typeof exceptionClass>[0], m)]
}

export const tookMs = (sent: SentRecord): number =>
  Math.round(((sent.answeredAtUs ?? sent.sentAtUs) - sent.sentAtUs) / 1000)

/** Records with one result: how they were told it, and after how long. */
interface ResultGroup {
  readonly by: string
  readonly error: string
  readonly ms: readonly [number, number]
  readonly count: number
}

/** Failed sends by what they were told, sorted. */
export function failedGroups(sent: readonly SentRecord[], m: Mechanisms): ResultGroup[] {
  const groups = new Map<string, ResultGroup>()
  for (const each of sent) {
    const exception = exceptionOf(each, m)
    if (exception === null) continue
    const by = each.thrown === true ? 'thrown' : 'callback'
    const error = exception.join()
    const ms = tookMs(each)
    const known = groups.get(`${by} ${error}`)
    groups.set(`${by} ${error}`, {
      by,
      error,
      ms: known === undefined ? [ms, ms] : [Math.min(known.ms[0], ms), Math.max(known.ms[1], ms)],
      count: (known?.count ?? 0) + 1,
    })
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
}

/** The groups of a `sendResults` entry. */
export const recordedGroups = (entry: ClientsEntry): ResultGroup[] =>
  ((listOf(entry, 'results') ?? []) as readonly ClientsEntry[])
    .map((result): ResultGroup => {
      const [from, to] = (result.ms ?? [0, 0]) as readonly [number, number]
      const error = (listOf(result, 'error') ?? []).join()
      return { by: String(result.by), error, ms: [from, to], count: numberOf(result, 'count') ?? 0 }
    })
    .sort((a, b) => (`${a.by} ${a.error}` < `${b.by} ${b.error}` ? -1 : 1))
