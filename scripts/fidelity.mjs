// Writes the table of switches in ARCHITECTURE.md from the switches themselves: what each decides is its own
// documentation, and which version has which value is in the tables of generations. Run after the build.
//   node scripts/fidelity.mjs [--check]     --check only says whether the table still is right
import { readFileSync, writeFileSync } from 'node:fs'
import { GENERATIONS } from '../dist/kafka/generation/table.js'

const page = new URL('../ARCHITECTURE.md', import.meta.url)
const source = readFileSync(new URL('../src/kafka/generation/mechanisms.ts', import.meta.url), 'utf8')
const BEGIN = '<!-- switches: npm run fidelity -->'
const END = '<!-- end of switches -->'

/** Switches whose value is obeyed with less behind it than Kafka has. The others are modelled as they say. */
const SIMPLIFIED = {
  topicIds: 'the id is `<topic>@<controller epoch>`, not a random UUID',
  checkpointFsync: 'decides only what a power loss may leave of the checkpoint file',
  reassignment: 'asked through a znode in every registry version; KIP-455 only changes what is written',
  controllerElection: 'up to 0.11 the controller is one queue too, where Kafka had ZkClient callbacks under a lock',
  isrWriteBlocks: 'the partition lock is a queue per partition; who comes first after it is a draw',
}

/** The switches in their order, with their documentation and the section they are in. */
function switches() {
  const found = []
  let section = 'Cluster state and record format'
  let words = ''
  for (const line of source.split('\n')) {
    const heading = line.match(/^ {2}\/\/ --- ([^(]*)/)
    const doc = line.match(/^ {2}\/\*\* (.*) \*\/$/)
    const name = line.match(/^ {2}readonly (\w+)\??:/)
    if (heading !== null) section = heading[1].trim().replace(/,$/, '')
    if (doc !== null) words = doc[1]
    if (name === null) continue
    if (words === '') throw new Error(`a switch without words: ${name[1]}`)
    found.push({ section, name: name[1], words })
    words = ''
  }
  return found
}

/** `0.8.0 truncate; 0.8.2 skip`: a value from the first version that has it, registry versions before KRaft ones. */
function values(name) {
  const parts = []
  let before
  for (const generation of GENERATIONS) {
    const value = generation.mechanisms[name] ?? false
    const text = value === true ? 'yes' : value === false ? 'no' : String(value)
    if (text !== before) parts.push(`${generation.name}: ${text}`)
    before = text
  }
  return parts.join('; ')
}

const cell = (text) => text.replaceAll('|', '\\|')

function table() {
  const lines = []
  let last = ''
  for (const { section, name, words } of switches()) {
    if (section !== last)
      lines.push(
        '',
        `**${section}**`,
        '',
        '| switch | what it decides | from version: value | simplified |',
        '|---|---|---|---|',
      )
    last = section
    lines.push(`| \`${name}\` | ${cell(words)} | ${cell(values(name))} | ${cell(SIMPLIFIED[name] ?? '')} |`)
  }
  return lines.join('\n').trim()
}

const text = readFileSync(page, 'utf8')
const begin = text.indexOf(BEGIN)
const end = text.indexOf(END)
if (begin < 0 || end < begin) throw new Error(`ARCHITECTURE.md has no ${BEGIN} … ${END}`)
const written = `${text.slice(0, begin + BEGIN.length)}\n\n${table()}\n\n${text.slice(end)}`
if (!process.argv.includes('--check')) writeFileSync(page, written)
else if (written === text) console.log(`the table has every switch: ${switches().length}`)
else {
  console.log('the table of switches in ARCHITECTURE.md is out of date: npm run fidelity')
  process.exitCode = 1
}
