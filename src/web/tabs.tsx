/** Properties and their witnesses, clients; the other tabs have files of their own. */
import { producerScenes } from '../report/page/coordinated-scene.ts'
import type { PageRun } from '../report/page/page-run.ts'
import type { Told } from '../report/page/view-state.ts'
import { positionPath, replicaPath, TOLD, truthPath } from '../report/page/view-state.ts'
import type { VerdictView } from '../report/run-view.ts'
import { Groups, Heads, Transactions } from './coordinated.tsx'
import { Metrics } from './metrics.tsx'
import { Partitions } from './partitions.tsx'
import type { Side } from './store.ts'
import { eventOf, goEvent, isBoth, isHeld, sideIndex, tab } from './store.ts'

const TABS = [
  ['verdicts', 'Properties'],
  ['partitions', 'Partitions'],
  ['clients', 'Clients'],
  ['groups', 'Groups'],
  ['transactions', 'Transactions'],
  ['metrics', 'Metrics'],
] as const

/** Tabs that a run has something for. */
function tabsOf({ named }: PageRun): (typeof TABS)[number][] {
  const empty = { groups: named.groups.length === 0, transactions: named.transactions.length === 0 }
  return TABS.filter(([name]) => !(name in empty) || !empty[name as keyof typeof empty])
}

export function Tabs({ side }: { readonly side: Side }) {
  return (
    <section class="tabs" aria-label="More about the run">
      <div class="bar" role="tablist" aria-label="More about the run">
        {tabsOf(side.run).map(([name, words]) => (
          <button
            type="button"
            role="tab"
            key={name}
            id={`tab-${name}`}
            aria-controls="tab-panel"
            aria-selected={tab.value === name}
            onClick={() => {
              tab.value = name
            }}
          >
            {words}
          </button>
        ))}
        {isBoth.value ? <span class="dim">of {side.name}</span> : null}
      </div>
      <div class="body" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab.value}`} tabIndex={0}>
        {tab.value === 'verdicts' ? <Verdicts side={side} /> : null}
        {tab.value === 'partitions' ? <Partitions side={side} /> : null}
        {tab.value === 'clients' ? <Clients side={side} /> : null}
        {tab.value === 'groups' ? <Groups side={side} /> : null}
        {tab.value === 'transactions' ? <Transactions side={side} /> : null}
        {tab.value === 'metrics' ? <Metrics side={side} /> : null}
      </div>
    </section>
  )
}

const VERDICTS: Readonly<Record<string, string>> = {
  held: '✓ held',
  violated: '✗ violated',
  'expected-violation': '✗ broken, as the scenario says',
  'expectation-missed': '✗ expected, and did not come',
  'known-hole': '○ broken, never promised',
  allowed: '○ broken, allowed',
}

function Verdicts({ side }: { readonly side: Side }) {
  const verdicts = side.run.footer?.view?.verdicts ?? []
  const weight = ({ fails, outcome }: (typeof verdicts)[number]): number =>
    fails ? 0 : outcome === 'expected-violation' ? 1 : 2
  const at = eventOf(side)
  const isYet = (event: number): boolean => Math.min(event, side.run.length - 1) <= at
  // While a question holds the run, only what has been broken by now is told.
  const isUntold = isHeld(side.run)
  const broken = verdicts
    .filter(({ outcome, evidence }) => outcome !== 'held' && (!isUntold || evidence.some(({ event }) => isYet(event))))
    .sort((a, b) => weight(a) - weight(b))
  const kept = isUntold ? [] : verdicts.filter(({ outcome }) => outcome === 'held')
  const counts = kept.filter(({ kind }) => kind === 'count')
  const properties = kept.filter(({ kind }) => kind === 'property')
  // Traces of before do not tell what was put to the test.
  const held = properties.filter(({ tested }) => tested !== false)
  const untested = properties.filter(({ tested }) => tested === false)
  return (
    <>
      {isUntold ? <p class="dim">What breaks later is told after the questions.</p> : null}
      {verdicts.length === 0 ? <p class="dim">The trace ends before its verdicts.</p> : null}
      {broken.map((verdict) => (
        <div key={verdict.name} class="verdict">
          <p>
            <b class={verdict.fails ? 'bad' : 'warn'}>{VERDICTS[verdict.outcome]}</b> <b>{verdict.name}</b>
            {verdict.knownHole === null ? '' : ` (${verdict.knownHole})`}
            {verdict.evidence.some(({ event }) => isYet(event)) || verdict.evidence.length === 0 ? '' : ', later'}
          </p>
          <p class="dim">{verdict.statement}</p>
          <ul>
            {verdict.evidence
              .filter(({ event }) => !isUntold || isYet(event))
              .slice(0, 8)
              .map((evidence, i) => (
                <li key={i} class={isYet(evidence.event) ? '' : 'dim'}>
                  <button
                    type="button"
                    onClick={() => goEvent(Math.min(evidence.event, side.run.length - 1), sideIndex(side))}
                  >
                    @{evidence.event}
                  </button>{' '}
                  {evidence.words}
                </li>
              ))}
          </ul>
          {verdict.because === null ? null : <p class="dim">Not promised: {verdict.because}</p>}
        </div>
      ))}
      {counts.map(({ name, words }) => (
        <p key={name}>
          <b class="good">✓ {name}</b> {words}
        </p>
      ))}
      <HeldOnes words="held" verdicts={held} />
      <HeldOnes words="more held untested, as nothing happened that could break them" verdicts={untested} />
    </>
  )
}

function HeldOnes({ words, verdicts }: { readonly words: string; readonly verdicts: readonly VerdictView[] }) {
  if (verdicts.length === 0) return null
  return (
    <p>
      <b class="good">
        ✓ {verdicts.length} {words}
      </b>
      : <span class="dim">{verdicts.map(({ name }) => name).join(', ')}</span>
    </p>
  )
}

const MOST_TOLD = 200

function Clients({ side }: { readonly side: Side }) {
  const state = side.run.stateAt(eventOf(side))
  const { plan } = side.run.header
  const told = state.list(TOLD) as unknown as readonly Told[]
  const latest = told.slice(-MOST_TOLD).reverse()
  const consumers = plan.clients.filter(({ kind }) => kind === 'consumer')
  const count = (outcome: string): number => told.filter((each) => each[3] === outcome).length
  return (
    <>
      <p>
        Told so far: <b>{count('acked')}</b> acknowledged, <b>{count('failed')}</b> failed, <b>{count('unknown')}</b>{' '}
        unknown.
      </p>
      <Producers side={side} />
      {consumers.length === 0 ? null : (
        <table class="plain">
          <Heads of={['Consumer', 'Partition', 'Position', 'Lag']} />
          <tbody>
            {consumers.flatMap((consumer) =>
              side.run.partitions.map((name) => {
                const position = state.get(positionPath(consumer.name, name)) as number | undefined
                if (position === undefined) return null
                const leader = state.get(truthPath(name, 'leader')) as number | undefined
                const high = state.get(replicaPath(name, leader ?? -1, 'highWatermark')) as number | undefined
                return (
                  <tr key={`${consumer.name} ${name}`}>
                    <td>{consumer.name}</td>
                    <td>{name}</td>
                    <td>{position}</td>
                    <td>{high === undefined ? '' : Math.max(0, high - position)}</td>
                  </tr>
                )
              }),
            )}
          </tbody>
        </table>
      )}
      <ol class="told-list">
        {latest.map(([id, where, offset, outcome, error, acks]) => (
          <li key={id}>
            <b class={outcome === 'acked' ? 'good' : outcome === 'failed' ? 'warn' : 'bad'}>{outcome}</b> {id} acks=
            {acks === -1 ? 'all' : acks} {where} {offset >= 0 ? `at ${offset}` : ''} {error === 'NONE' ? '' : error}
          </li>
        ))}
      </ol>
    </>
  )
}

const PLACES = { open: 'filling', ready: 'waiting', sent: 'in flight' } as const

/** What producers hold: the accumulator and what is in flight. */
function Producers({ side }: { readonly side: Side }) {
  const scenes = producerScenes(side.run, eventOf(side))
  if (scenes.length === 0) return null
  return (
    <>
      {scenes.map(({ name, producer: { batches, memoryUsed, blocked, identity, transaction } }) => (
        <div key={name}>
          <p>
            Producer <b>{name}</b>
            {identity === null ? '' : `, id ${identity[0]} epoch ${identity[1]}`}
            {transaction === null ? '' : `, ${transaction}`}: {batches.length}{' '}
            {batches.length === 1 ? 'batch' : 'batches'}, {memoryUsed} bytes of its buffer
            {blocked === 0 ? '' : `, ${blocked} sends block`}
          </p>
          {batches.length === 0 ? null : (
            <table class="plain">
              <Heads of={['Batch', 'Partition', 'Where', 'Records', 'Bytes', 'Put back']} />
              <tbody>
                {batches.slice(0, MOST_BATCHES).map(([id, where, place, records, bytes, attempts]) => (
                  <tr key={id}>
                    <td>{id}</td>
                    <td>{where}</td>
                    <td class={place === 'sent' ? 'good' : ''}>{PLACES[place]}</td>
                    <td>{records}</td>
                    <td>{bytes}</td>
                    <td class={attempts > 0 ? 'warn' : ''}>{attempts}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          {batches.length > MOST_BATCHES ? <p class="dim">… and {batches.length - MOST_BATCHES} more</p> : null}
        </div>
      ))}
    </>
  )
}

const MOST_BATCHES = 30
