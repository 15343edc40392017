/** Brings a world from one event to the next and back by the patches of a recording. */
import type { Patch } from 'immer'
import type { World } from '../world/world.ts'

type Held = Record<string | number, unknown>

/**
 * The world after `redo` (or before, with `undo`); the world given is left as it is, and what a patch does not touch is
 * shared with it. immer's own way refuses names such as `constructor`, which a topic or a group may have.
 */
export function applyPatches(world: World, patches: readonly Patch[]): World {
  const made = new Set<unknown>()
  const copied = (held: unknown): Held => {
    if (made.has(held)) return held as Held
    const copy = Array.isArray(held) ? held.slice() : { ...(held as Held) }
    made.add(copy)
    return copy as Held
  }
  let root: unknown = world
  for (const { op, path, value } of patches) {
    const last = path.at(-1)
    if (last === undefined) {
      root = value
      continue
    }
    root = copied(root)
    let at = root as Held
    for (const key of path.slice(0, -1)) {
      at[key] = copied(at[key])
      at = at[key] as Held
    }
    if (!Array.isArray(at)) {
      if (op === 'remove') delete at[last]
      else at[last] = value
    } else if (op === 'add') at.splice(Number(last), 0, value)
    else if (op === 'remove') at.splice(Number(last), 1)
    // Also the length of an array that has become shorter.
    else (at as unknown as Held)[last] = value
  }
  return root as World
}
