import { expect, test } from 'vitest'
import { line, plainText, span, table, widthOf } from '../../src/report/document.ts'
import { fitTable, wrapLine } from '../../src/report/layout.ts'

test('words wrap at spaces and keep their tones', () => {
  const wrapped = wrapLine([span('one ', 'good'), span('two three', 'bad')], 8)
  expect(wrapped.map(plainText)).toEqual(['one two', 'three'])
  expect(wrapped[0]![0]).toEqual({ text: 'one', tone: 'good' })
  expect(wrapped[1]).toEqual([{ text: 'three', tone: 'bad' }])
})

test('several spaces within a line stay, at its start and end they go', () => {
  expect(wrapLine(line('label     words that wrap'), 16).map(plainText)).toEqual(['label     words', 'that wrap'])
})

test('a word longer than the line is cut and nothing of it is lost', () => {
  const wrapped = wrapLine(line('replica.lag.time.max.ms is long'), 10)
  expect(wrapped.every((each) => widthOf(each) <= 10)).toBe(true)
  expect(wrapped.map(plainText).join('').replace(/ /g, '')).toBe('replica.lag.time.max.msislong')
})

const sample = table(
  [
    { title: 'name', align: 'left', keep: 9 },
    { title: 'count', align: 'right', keep: 1 },
    { title: 'words', align: 'left', keep: 5, wrapsTo: 6 },
  ],
  [[line('alpha'), line('12'), line('some longer words')]],
)

test('a table with room shows everything on one line', () => {
  const fitted = fitTable(sample, 40)
  expect(fitted.widths).toEqual([5, 5, 17])
  expect(fitted.rows[0]!.map((cell) => cell.length)).toEqual([1, 1, 1])
})

test('a narrow table wraps its words first and then leaves out what is kept least', () => {
  const wrapped = fitTable(sample, 22)
  expect(wrapped.columns.map(({ title }) => title)).toEqual(['name', 'count', 'words'])
  expect(wrapped.rows[0]![2]!.map(plainText)).toEqual(['some', 'longer', 'words'])
  expect(fitTable(sample, 15).columns.map(({ title }) => title)).toEqual(['name', 'words'])
})
