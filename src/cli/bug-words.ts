import type { Bug } from './job.ts'
import type { Screen } from './screen.ts'

/** What a reader is told about a bug of ours, and how to repeat it. */
export const bugText = (screen: Screen, bug: Bug): string =>
  [
    screen.paint('bad', 'This is a bug of highwater, not of your scenario.'),
    bug.message,
    ...bug.stack
      .split('\n')
      .slice(1, 9)
      .map((line) => screen.paint('dim', line)),
    ...(bug.repeat === '' ? [] : [`Repeat it with: ${bug.repeat}`]),
    '',
  ].join('\n')
