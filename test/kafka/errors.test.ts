import { describe, expect, it } from 'vitest'
import { ERRORS, errorCode } from '../../src/kafka/errors.ts'

describe('errors', () => {
  it('have a code of their own', () => {
    expect(new Set(ERRORS.map(({ code }) => code)).size).toBe(ERRORS.length)
  })

  it.each([
    ['NOT_LEADER_OR_FOLLOWER', 'NOT_LEADER_FOR_PARTITION'],
    ['UNKNOWN', 'UNKNOWN_SERVER_ERROR'],
    ['GROUP_LOAD_IN_PROGRESS', 'COORDINATOR_LOAD_IN_PROGRESS'],
    ['GROUP_COORDINATOR_NOT_AVAILABLE', 'COORDINATOR_NOT_AVAILABLE'],
    ['NOT_COORDINATOR_FOR_GROUP', 'NOT_COORDINATOR'],
  ])('%s is %s of another release', (other, name) => {
    expect(errorCode(other)).toBe(errorCode(name))
    expect(ERRORS.map((error) => error.name)).toContain(name)
  })

  it('that nobody knows have no code', () => {
    expect(errorCode('constructor')).toBeNaN()
    expect(errorCode('SOMETHING_ELSE')).toBeNaN()
  })
})
