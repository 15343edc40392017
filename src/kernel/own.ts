/** A field of a record by a name that somebody else chose: `constructor` is no field of an empty one, nor of none. */
export const own = <Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined =>
  record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
