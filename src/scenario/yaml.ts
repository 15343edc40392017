/** Text to plain data with the place of every value, and plain data to text. The only importer of the YAML parser. */
import type { Document, Node, Pair, ParsedNode, YAMLError } from 'yaml'
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  parseDocument,
  visit,
  Document as YamlDocument,
} from 'yaml'
import { own } from '../kernel/own.ts'
import type { Path, Place, Places, Problem } from './problem.ts'
import { pathText } from './problem.ts'

/** Limits on what is read: whatever is larger is no scenario. */
export const MAX_BYTES = 1_000_000
const MAX_DEPTH = 40
const MAX_ALIASES = 100
const MAX_VALUES = 100_000

interface ReadYaml {
  /** What could be read; `undefined` when nothing could. */
  readonly value: unknown
  readonly places: Places
  readonly problems: readonly Problem[]
}

type MutablePlaces = Record<string, { readonly key: Place | null; readonly value: Place }>

/** What the parser's codes mean to somebody who writes a scenario. */
const SYNTAX: Readonly<Record<string, readonly [message: string, expected: string | null]>> = {
  TAB_AS_INDENT: ['a tab indents this line', 'spaces: YAML allows no tabs there'],
  MULTIPLE_DOCS: ['a second document starts here', 'one scenario in a file, without a second "---"'],
  MULTILINE_IMPLICIT_KEY: ['this line is no "key: value"', 'a key, a colon and a space'],
  BLOCK_AS_IMPLICIT_KEY: [
    'a map starts inside a value',
    'one "key: value" on a line, or quotes around text that holds ": "',
  ],
  BLOCK_IN_FLOW: ['an indented block stands inside braces or brackets', 'a comma between the entries'],
  BAD_SCALAR_START: ['text cannot start with this character', 'quotes around it'],
  BAD_DQ_ESCAPE: ['this escape is unknown', 'an escape that YAML has, or single quotes'],
  TAG_RESOLVE_FAILED: ['this tag is unknown', 'plain values, without tags'],
  BAD_INDENT: [
    'the indentation is wrong here, or a bracket is not closed',
    'entries of one list or map at the same depth',
  ],
}

/** Bytes of the text in UTF-8, counted no further than needed. */
function utf8Bytes(text: string, enough: number): number {
  if (text.length > enough) return text.length
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code >= 0xd800 && code < 0xe000 ? 2 : 3
  }
  return bytes
}

/** The offset at which brackets or indentation are deeper than allowed; null when they never are. */
function tooDeep(text: string): number | null {
  const parser = new Parser()
  let offset = 0
  for (const lexeme of new Lexer().lex(text)) {
    // Nothing is composed of what the parser yields here: only the depth of its stack is wanted.
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > MAX_DEPTH) return offset
    offset = parser.offset
  }
  return null
}

class Reader {
  readonly places: MutablePlaces = {}
  readonly problems: Problem[] = []
  private readonly open: Node[] = []
  private readonly anchored = new Map<Node, Node | undefined>()
  private values = 0
  overflown = false
  private readonly text: string
  private readonly file: string
  private readonly lines: LineCounter
  private readonly document: Document.Parsed
  private readonly asText: (path: Path) => boolean

  constructor(
    text: string,
    file: string,
    lines: LineCounter,
    document: Document.Parsed,
    asText: (path: Path) => boolean,
  ) {
    this.text = text
    this.file = file
    this.lines = lines
    this.document = document
    this.asText = asText
  }

  place(from: number, to: number): Place {
    return placeOfRange(this.text, this.lines, from, to)
  }

  problem(place: Place, path: Path, message: string, expected: string | null, found: string | null = null): void {
    this.problems.push({ file: this.file, ...place, path: pathText(path), message, expected, found, nearest: null })
  }

  read(node: Node | null, path: Path, key: Place | null): unknown {
    const range = node?.range
    const value = range === undefined || range === null ? (key ?? this.place(0, 1)) : this.place(range[0], range[1])
    const name = pathText(path)
    if (!Object.hasOwn(this.places, name)) this.places[name] = { key, value }
    if (node === null) return null
    this.values += 1
    if (this.values > MAX_VALUES) {
      if (!this.overflown)
        this.problem(value, path, 'the file holds too much', `at most ${MAX_VALUES} values, aliases expanded`)
      this.overflown = true
      return null
    }
    if (isAlias(node)) return this.readAlias(node, path, key, value)
    this.open.push(node)
    const result = isMap(node)
      ? this.readMap(node.items as Pair[], path)
      : isSeq(node)
        ? (node.items as Node[]).map((item, index) => this.read(item, [...path, index], null))
        : isScalar(node)
          ? this.asText(path) && node.source !== undefined && node.value !== null
            ? node.source
            : node.value
          : null
    this.open.pop()
    return result
  }

  private readAlias(
    node: Node & { source: string; resolve(doc: Document): Node | undefined },
    path: Path,
    key: Place | null,
    place: Place,
  ): unknown {
    if (!this.anchored.has(node)) this.anchored.set(node, node.resolve(this.document))
    const anchored = this.anchored.get(node)
    if (anchored === undefined) {
      this.problem(place, path, `nothing is anchored as &${node.source}`, 'the name of an anchor that stands before it')
      return null
    }
    if (this.open.includes(anchored)) {
      this.problem(place, path, `*${node.source} stands inside what it means`, 'an alias outside its own anchor')
      return null
    }
    return this.read(anchored, path, key)
  }

  private readMap(items: readonly Pair[], path: Path): Record<string, unknown> {
    const map: Record<string, unknown> = {}
    const first: Record<string, number> = {}
    for (const item of items) {
      const keyNode = item.key as ParsedNode | null
      const range = keyNode?.range
      const keyPlace = range === undefined || range === null ? this.place(0, 1) : this.place(range[0], range[1])
      if (!isScalar(keyNode) || keyNode.value === null) {
        this.problem(keyPlace, path, 'a key must be a name', 'text before the colon')
        continue
      }
      const key = typeof keyNode.value === 'string' ? keyNode.value : (keyNode.source ?? String(keyNode.value))
      if (key === '__proto__') {
        this.problem(keyPlace, [...path, key], 'no key may be called __proto__', 'another name')
        continue
      }
      const seen = own(first, key)
      if (seen !== undefined) {
        this.problem(
          keyPlace,
          [...path, key],
          `the key ${key} is written twice`,
          `each key once; the first is on line ${seen}`,
        )
        continue
      }
      first[key] = keyPlace.line
      map[key] = this.read((item.value as Node | null) ?? null, [...path, key], keyPlace)
    }
    return map
  }
}

/** The part of a stretch that lies on its first line. */
function placeOfRange(text: string, lines: LineCounter, from: number, to: number): Place {
  const at = Math.min(from, text.length)
  const { line, col } = lines.linePos(at)
  let end = at
  while (end < Math.min(to, text.length) && text[end] !== '\n' && text[end] !== '\r') end += 1
  return { line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, end - at) }
}

function syntaxProblem(error: YAMLError, text: string, file: string, lines: LineCounter): Problem {
  const [from, to] = error.pos
  // A bracket or quote that is missing at the end of the file is shown on the last line that says something.
  const at = from >= text.length ? Math.max(0, text.trimEnd().length - 1) : from
  const [message, expected] = SYNTAX[error.code] ?? [`this is not YAML: ${lowerFirst(error.message)}`, null]
  const unclosed = /(?:end with a |Missing closing )([\]}"'])/.exec(error.message)
  const what = unclosed?.[1] === '"' || unclosed?.[1] === "'" ? 'quote' : 'bracket'
  const words = unclosed === null ? message : `a ${what} is not closed before here: ${unclosed[1]} is missing`
  return {
    file,
    ...placeOfRange(text, lines, at, Math.max(to, at + 1)),
    path: '',
    message: words,
    expected: unclosed === null ? expected : null,
    found: null,
    nearest: null,
  }
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1)

/** One problem a line, the first: what follows on the line is mostly its echo. */
function firstOfEachLine(problems: readonly Problem[]): Problem[] {
  const seen: Record<number, true> = {}
  return problems.filter((problem) => {
    const fresh = seen[problem.line] === undefined
    seen[problem.line] = true
    return fresh
  })
}

const wholeFile = (file: string, message: string, expected: string, found: string | null): ReadYaml => ({
  value: undefined,
  places: {},
  problems: [{ file, line: 0, column: 0, length: 0, path: '', message, expected, found, nearest: null }],
})

/**
 * Reads one document of YAML 1.2. Duplicate keys, `__proto__`, aliases without an anchor and keys that are no names
 * are problems next to a value; broken syntax leaves no value. `asText` names scalars that are taken as they are
 * written, so that the version 0.10 does not become the number 0.1.
 */
export function readYaml(text: string, file: string, asText: (path: Path) => boolean): ReadYaml {
  const bytes = utf8Bytes(text, MAX_BYTES)
  if (bytes > MAX_BYTES) {
    return wholeFile(file, 'the file is too large', `at most ${MAX_BYTES / 1e6} MB`, `${(bytes / 1e6).toFixed(1)} MB`)
  }
  const lines = new LineCounter()
  const deep = tooDeep(text)
  if (deep !== null) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
    lines.lineStarts.unshift(0)
    const place = placeOfRange(text, lines, deep, deep + 1)
    const message = 'values are nested too deeply here'
    const problem = {
      file,
      ...place,
      path: '',
      message,
      expected: `at most ${MAX_DEPTH} levels`,
      found: null,
      nearest: null,
    }
    return { value: undefined, places: {}, problems: [problem] }
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false })
  const errors: YAMLError[] = [
    ...document.errors,
    ...document.warnings.filter((it) => it.code === 'TAG_RESOLVE_FAILED'),
  ]
  if (errors.length > 0) {
    const problems = errors.map((error) => syntaxProblem(error, text, file, lines))
    return { value: undefined, places: {}, problems: firstOfEachLine(problems) }
  }
  if (document.directives?.yaml.version !== '1.2') {
    return wholeFile(file, 'the file asks for another YAML', 'YAML 1.2, without a %YAML line', null)
  }
  const reader = new Reader(text, file, lines, document, asText)
  let aliases = 0
  visit(document, {
    Alias(_, alias) {
      aliases += 1
      if (aliases !== MAX_ALIASES + 1) return
      const place = reader.place(alias.range?.[0] ?? 0, alias.range?.[1] ?? 1)
      reader.problem(place, [], 'the file has too many aliases', `at most ${MAX_ALIASES}`)
    },
  })
  if (aliases > MAX_ALIASES) return { value: undefined, places: {}, problems: reader.problems }
  const value = reader.read(document.contents, [], null)
  if (reader.overflown) return { value: undefined, places: {}, problems: reader.problems }
  return { value, places: reader.places, problems: reader.problems }
}

/** Reads the value of a flag such as `--set run=30s` as YAML would read it; text that is no YAML stays text. */
export function readScalar(text: string): unknown {
  const read = readYaml(text, '', () => false)
  return read.problems.length > 0 ? text : read.value
}

/** A map or list is written on one line when that line is no longer than this. */
const ONE_LINE = 100

/** Writes plain data as YAML; `inline` says where a short map or list may stand on one line. */
export function printYaml(value: unknown, header: string, inline: (path: Path) => boolean): string {
  const document = new YamlDocument(value, { aliasDuplicateObjects: false })
  layOut(document.contents as Node | null, [], inline)
  return `#${header}\n${document.toString({ lineWidth: 0, blockQuote: 'literal', flowCollectionPadding: true })}`
}

function layOut(node: Node | null, path: Path, inline: (path: Path) => boolean): void {
  if (!isMap(node) && !isSeq(node)) return
  const empty = node.items.length === 0
  if (empty || (inline(path) && JSON.stringify(node.toJSON()).length + path.length * 2 <= ONE_LINE)) {
    node.flow = true
    return
  }
  if (isMap(node)) {
    for (const item of node.items as Pair[]) {
      layOut(item.value as Node | null, [...path, String((item.key as { value?: unknown }).value)], inline)
    }
  } else {
    for (const [index, item] of (node.items as Node[]).entries()) layOut(item, [...path, index], inline)
  }
}
