import type { Property } from './property.ts'

/** Every property, in the order in which reports list them. */
export const PROPERTIES: readonly Property[] = []
