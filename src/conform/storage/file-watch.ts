/** What a replay writes to the files of offsets, as a watch of a real directory would see it. */
import type { World } from '../../world/world.ts'
import { brokerState } from '../../world/world.ts'
import { linesOf, WATCHED, type WatchedFile } from './compare.ts'

type Offsets = Readonly<Record<string, number>>

interface Write {
  readonly atUs: number
  readonly lines: readonly string[]
}

export class FileWatch {
  readonly #brokers: number
  readonly #writes: Record<string, Write[]> = {}
  /** What each file was when it was looked at last: a write makes a new object. */
  readonly #last: Record<string, Offsets | null> = {}

  constructor(brokers: number) {
    this.#brokers = brokers
  }

  look(world: World): void {
    for (let broker = 1; broker <= this.#brokers; broker++) {
      const durable = brokerState(world, broker)?.durable
      if (durable === undefined) continue
      for (const file of WATCHED) {
        const now = file === WATCHED[0] ? durable.recoveryPointCheckpoint : durable.logStartOffsetCheckpoint
        const name = `${broker}/${file}`
        if (now === (this.#last[name] ?? null)) continue
        this.#last[name] = now
        this.#writes[name] ??= []
        if (now !== null) this.#writes[name].push({ atUs: world.nowUs, lines: linesOf(now) })
      }
    }
  }

  /** The content at a time, and every one after it. */
  written(broker: number, file: WatchedFile, sinceUs: number): (readonly string[])[] {
    const writes = this.#writes[`${broker}/${file}`] ?? []
    const before = writes.filter(({ atUs }) => atUs <= sinceUs).at(-1)
    const after = writes.filter(({ atUs }) => atUs > sinceUs)
    return [...(before === undefined ? [] : [before]), ...after].map(({ lines }) => lines)
  }
}
