/** The museum on a terminal: a row an incident, the generations gathered by verdict, then what disagrees. */
import type { Block, Document, Line } from './document.ts'
import { GAP, heading, line, paragraph, span, table, verbatim } from './document.ts'
import type { Exhibit, Museum } from './museum.ts'
import { countMuseum } from './museum.ts'
import { affectedWords, countWords, issueWords, rangesOf, VERDICT_WORDS, verdictWords } from './museum-words.ts'

function verdictsLine({ cells }: Exhibit): Line {
  const ranges = rangesOf(cells, (a, b) => verdictWords(a) === verdictWords(b) && a.agrees === b.agrees)
  return ranges.flatMap(({ generations, cells: [cell] }, index) => {
    const { tone } = VERDICT_WORDS[cell!.verdict]
    const mark = `${verdictWords(cell!)}${cell!.agrees ? '' : ' (DISAGREES)'}`
    return [
      ...(index === 0 ? [] : [span('; ')]),
      span(mark, cell!.agrees ? tone : 'bad'),
      span(` ${generations}`, 'dim'),
    ]
  })
}

/** More than these are counted only. */
const MOST_DISAGREEING = 12

function disagreeing({ exhibits }: Museum): Block[] {
  const ranges = exhibits.flatMap(({ scenario, cells }) =>
    rangesOf(cells, (a, b) => a.agrees === b.agrees && a.reason === b.reason && a.disagreement === b.disagreement)
      .filter(({ cells: [cell] }) => !cell!.agrees)
      .map(({ generations, cells: [cell] }) => ({ scenario, generations, cell: cell! })),
  )
  const blocks = ranges
    .slice(0, MOST_DISAGREEING)
    .flatMap(({ scenario, generations, cell }): Block[] => [
      GAP,
      paragraph(
        [
          span('✗ ', 'bad'),
          span(`${scenario}, Kafka ${generations}`, 'strong'),
          span(`: ${VERDICT_WORDS[cell.verdict].word}, ${cell.reason}`),
        ],
        0,
        2,
      ),
      paragraph([span('expected otherwise: ', 'dim'), span(cell.disagreement ?? '')], 2, 4),
      ...(cell.repeat === '' ? [] : [verbatim([[span('repeat ', 'dim'), span(cell.repeat)]], 2)]),
    ])
  const more = ranges.length - MOST_DISAGREEING
  return more > 0 ? [...blocks, GAP, paragraph(`… and ${more} more that disagree; the report tells them all`)] : blocks
}

export const museumCountLine = (museum: Museum): Line =>
  line(countWords(museum), countMuseum(museum).disagreeing === 0 ? 'good' : 'bad')

export function museumDocument(museum: Museum): Document {
  const rows = museum.exhibits.map((exhibit): Line[] => [
    line(exhibit.scenario.replace(/^history\//, ''), 'strong'),
    line([issueWords(exhibit), affectedWords(exhibit)].filter((words) => words !== '').join('; '), 'dim'),
    verdictsLine(exhibit),
  ])
  return [
    heading('The museum of incidents'),
    table(
      [
        { title: 'incident', align: 'left', keep: 9, wrapsTo: 22 },
        { title: 'issue', align: 'left', keep: 2, wrapsTo: 20 },
        { title: 'verdicts', align: 'left', keep: 8, wrapsTo: 30 },
      ],
      rows,
    ),
    ...disagreeing(museum),
    GAP,
    paragraph(museumCountLine(museum)),
  ]
}
