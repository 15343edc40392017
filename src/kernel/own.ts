/** A field of a record by a name that somebody else chose: `constructor` is no field of an empty one. */
export const own = <Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined
