/** The page without a browser: what it would draw of a real run, as plain data. */
import { expect, test } from 'vitest'
import { TraceText } from '../../../src/driver/trace.ts'
import { eventWords, whyChain } from '../../../src/report/page/event-words.ts'
import { chromeTrace, eventsCsv, mermaidSequence, shivizLog } from '../../../src/report/page/exports.ts'
import { PageRun } from '../../../src/report/page/page-run.ts'
import { replicaScene } from '../../../src/report/page/replica-scene.ts'
import { filledShell } from '../../../src/report/page/shell.ts'
import { spaceTimeScene } from '../../../src/report/page/space-time-scene.ts'
import { traceProblems } from '../../../src/report/page/validate.ts'
import { parsed, traceText, wholeRun } from './traced.ts'

const LOSS = 'history/kip-101-truncation-loses-acked-record'
const text = traceText(LOSS)
const run = wholeRun(text)

/** A row as one line: record:epoch, `.` where there is none; `!` not committed, `+` acknowledged. */
const drawn = (at: number): string[] =>
  replicaScene(run, at, 't-0').rows.map(({ broker, process, named, cells, ghosts, carets }) => {
    const records = cells.map((cell) =>
      cell === null
        ? '.'
        : `${cell.value}${cell.committed ? '' : '!'}${cell.acked ? '+' : ''}${cell.diverged ? '≠' : ''}${cell.onlyCopy ? 'X' : ''}`,
    )
    const cut = ghosts.map(({ value, offset }) => `(${value}@${offset})`).join('')
    return `b${broker}${named ? '*' : ''} ${process} ${records.join(' ')}${cut} ${carets.map(({ words }) => words).join(' ')}`
  })

test('a cut record stays as a ghost, and the copy that remains is told apart', () => {
  const end = run.length - 1
  expect(drawn(end)).toEqual([
    'b1 up m1+ m2+≠X . HW 2 LEO 2 b3 thinks b1 is at 2',
    'b2 up m1+ m3+≠ .(m2@1) HW 2 LEO 2 b3 thinks b2 is at 2',
    'b3* up m1+ m3+≠ .(m2@1) HW 2 LEO 2',
  ])
  const { told } = replicaScene(run, end, 't-0')
  expect(told.map(({ value, offset, state, remainsOn }) => ({ value, offset, state, remainsOn }))).toEqual([
    { value: 'm1', offset: 0, state: 'there', remainsOn: [1, 2, 3] },
    { value: 'm2', offset: 1, state: 'lost', remainsOn: [1] },
    { value: 'm3', offset: 1, state: 'there', remainsOn: [2, 3] },
  ])
})

test('a record is not committed and not acknowledged before the followers have it', () => {
  const appended = run.events.findIndex(({ f }) =>
    f?.some(({ fact }) => fact.kind === 'appended' && fact.baseOffset === 1),
  )
  expect(drawn(appended)[0]).toBe('b1* up m1+ m2! . HW 1 LEO 2')
})

test('going back and forth through a run gives the same states as walking it', () => {
  const walked = new Map<number, string>()
  const walking = new PageRun(new TraceText(text))
  for (let at = 0; at < walking.length; at++) if (at % 97 === 0) walked.set(at, walking.stateAt(at).digest())
  const jumping = new PageRun(new TraceText(text))
  const order = [...walked.keys()].sort((a, b) => ((a * 7919) % 3571) - ((b * 7919) % 3571))
  for (const at of order) expect([at, jumping.stateAt(at).digest()]).toEqual([at, walked.get(at)])
})

test('what is known of the part of a run that is read is what the whole run says of it', () => {
  const part = new PageRun(new TraceText(text))
  expect([part.length, part.events.length, part.isWhole]).toEqual([run.length, 0, false])
  part.readTo(604)
  const read = part.events.length
  expect(read).toBeGreaterThan(604)
  expect(read).toBeLessThan(run.length)
  expect(part.levels.slice(0, read)).toEqual(run.levels.slice(0, read))
  expect(part.moments).toEqual(run.moments.filter(({ event, kind }) => event < read && kind !== 'chapter'))
  for (const at of [604, 3, 571]) {
    expect(replicaScene(part, at, 't-0')).toEqual(replicaScene(run, at, 't-0'))
    expect(whyChain(part, at)).toEqual(whyChain(run, at))
    expect(part.arrivedBy(at)).toEqual(run.arrivedBy(at))
  }
  // Looking further reads on by itself.
  expect(part.stateAt(run.length - 1).digest()).toBe(run.stateAt(run.length - 1).digest())
  expect(part.isWhole).toBe(true)
  expect(part.messages).toEqual(run.messages)
  expect(part.moments).toEqual(run.moments)
})

test('a line that is not JSON is named when it is read, the first and the last line at once', () => {
  const lines = text.split('\n')
  const broken = new TraceText([...lines.slice(0, 700), '{', ...lines.slice(700)].join('\n'))
  expect(broken.next(699)).toHaveLength(699)
  expect(() => broken.next(1)).toThrow('line 701 is not JSON')
  expect(() => new TraceText('no trace')).toThrow('line 1 is not JSON')
  expect(() => new TraceText('')).toThrow('the first line is not the header of a trace')
})

test('a trace with what a page shows is sound, and one that was changed is not', () => {
  expect(traceProblems(parsed(text))).toEqual([])
  const lines = text.split('\n')
  const cut = lines.findIndex((line) => line.includes('"-","log/t-0/3"'))
  const changed = [...lines.slice(0, cut), lines[cut]!.replace('"m2"', '"m9"'), ...lines.slice(cut + 1)].join('\n')
  expect(traceProblems(parsed(changed))[0]).toContain('what it takes from log/t-0/3 is not its end')
})

test('the line of an event says which properties it put at stake and broke, and a trace that hides it is not sound', () => {
  const broken = run.events.findIndex(({ v }) => v?.some(({ change }) => change === 'broke'))
  expect(run.events[broken]!.v).toContainEqual(
    expect.objectContaining({
      property: 'LeaderCompleteness',
      change: 'broke',
      partition: 't-0',
      words: expect.stringContaining('m2'),
      witness: expect.objectContaining({ value: 'm2' }),
    }),
  )
  const staked = run.events.flatMap(({ v, i }) =>
    (v ?? []).flatMap(({ change, property }) => (change === 'at-stake' ? [[property, i] as const] : [])),
  )
  expect(new Map(staked).size).toBe(staked.length)
  expect(new Map(staked).get('LeaderCompleteness')).toBeLessThan(broken)
  expect(run.footer!.v).toContainEqual(expect.objectContaining({ property: 'AckedAtAllNotLost', change: 'broke' }))
  const marked = run.moments.filter(({ kind }) => kind === 'break')
  expect(marked.map(({ event }) => event)).toContain(broken)
  expect(eventWords(run.events[broken]!)).toMatch(/LeaderCompleteness breaks: .*m2/)
  expect(marked.at(-1)!.event).toBe(run.length - 1)

  const lines = text.split('\n')
  const { v: _, ...line } = JSON.parse(lines[broken + 1]!) as Record<string, unknown>
  const hidden = [...lines.slice(0, broken + 1), JSON.stringify(line), ...lines.slice(broken + 2)].join('\n')
  expect(traceProblems(parsed(hidden)).join()).toMatch(/the verdicts of the footer have LeaderCompleteness at event/)
  const twice = text.replaceAll('"change":"at-stake"', '"change":"broke","partition":null,"words":"x"')
  expect(traceProblems(parsed(twice)).length).toBeGreaterThan(0)
})

test('the truncation is explained by the request of the controller, back to the end of a session', () => {
  const cut = run.moments.find(({ kind, words }) => kind === 'truncation' && words.startsWith('broker 3'))!
  expect(eventWords(run.events[cut.event]!)).toContain('truncates its log from 2 to 1')
  const { links } = whyChain(run, cut.event)
  expect(links.some(({ words }) => /registry ends the session of broker 1: it has expired/.test(words))).toBe(true)
})

test('messages that a fault dropped end in the diagram where they were lost', () => {
  const lost = run.messages.filter(({ fate }) => fate === 'lost')
  expect(lost.some(({ type }) => type === 'FetchResponse')).toBe(true)
  const scene = spaceTimeScene(run, lost[0]!.ended!, {
    traffic: ['replication', 'clients', 'control', 'registry'],
    ranks: 40,
  })
  expect(scene.arrows.some(({ fate }) => fate === 'lost')).toBe(true)
  expect(scene.lanes.map(({ label }) => label)).toEqual(['p', 'b1', 'b2', 'b3', 'b4', 'registry'])
})

test('exports have an entry an event, and name the cluster', () => {
  const chrome = JSON.parse(chromeTrace(run)) as { traceEvents: { ph: string }[] }
  expect(chrome.traceEvents.filter(({ ph }) => ph === 'X' || ph === 'i')).toHaveLength(run.length)
  expect(shivizLog(run).trimEnd().split('\n')).toHaveLength(2 + 2 * run.length)
  expect(eventsCsv(run).trimEnd().split('\n')).toHaveLength(1 + run.length)
  expect(mermaidSequence(run, 0, run.length - 1)).toContain('participant broker_1 as b1')
})

test('text of a scenario cannot leave its place in the page', () => {
  const shell = '<title>Highwater</title><p id="story"></p><!--runs-->'
  const page = filledShell(shell, {
    title: '</title><script>x</script>',
    story: "$& $' <img src=x>",
    runs: ['AA=='],
    comparison: null,
  })
  expect(page).not.toContain('<script>x')
  expect(page).not.toContain('<img')
  expect(page).toContain('$&amp; $&#39;')
})
