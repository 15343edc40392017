/** Draws that are a share of something. */
import fc from 'fast-check'

export const permille = fc.integer({ min: 0, max: 999 })
