import { expect, test } from 'vitest'
import { cli } from './terminal.ts'

const COMMANDS = ['run', 'validate', 'replay', 'report', 'lesson', 'trace', 'trace validate', 'trace export', 'inspect']
  .concat(['conform', 'matrix', 'durability', 'compare', 'fuzz', 'shrink', 'merge', 'mutants', 'regress'])
  .concat(['list', 'explain', 'init'])

/** Lines to copy are left as they are. */
const isToCopy = (line: string): boolean => line.startsWith('Usage: ') || line.startsWith('  highwater ')

test.each(['', ...COMMANDS])(
  'the help of %s fits a narrow terminal, and says what each flag means',
  async (command) => {
    const words = [...command.split(' ').filter((word) => word !== ''), '--help']
    for (const width of [40, 60, 100]) {
      const { exit, out, err } = await cli(words, { env: { COLUMNS: String(width) } })
      expect([exit, err]).toEqual([0, ''])
      const tooLong = out.split('\n').filter((line) => [...line].length > width && !isToCopy(line))
      expect(tooLong).toEqual([])
      for (const [index, line] of out.split('\n').entries()) {
        if (!/^ {2}--?\w/.test(line)) continue
        const beside = / {2,}\S+.*$/.test(line.trimStart())
        expect(beside || /^ {6}\S/.test(out.split('\n')[index + 1]!), line).toBe(true)
      }
    }
  },
)
