/** A terminal that remembers: the command line without a process. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Io } from '../../src/cli/io.ts'
import { main } from '../../src/cli/main.ts'

export interface Terminal {
  readonly tty?: boolean
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly stdin?: string
  readonly interrupted?: AbortSignal
  readonly workerFile?: string
  readonly nowMs?: () => number
  /** Hears everything that is written. */
  readonly onWrite?: (text: string) => void
}

export interface Said {
  readonly exit: number
  readonly out: string
  readonly err: string
}

export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'highwater-'))

export async function cli(argv: readonly string[], given: Terminal = {}): Promise<Said> {
  const out: string[] = []
  const err: string[] = []
  const columns = given.columns ?? null
  const isTTY = given.tty ?? false
  const into = (texts: string[]): Io['stdout'] => ({
    write: (text) => {
      texts.push(text)
      given.onWrite?.(text)
    },
    isTTY,
    columns,
  })
  const io: Io = {
    stdout: into(out),
    stderr: into(err),
    env: given.env ?? {},
    cwd: given.cwd ?? emptyFolder(),
    readStdin: async () => given.stdin ?? '',
    interrupted: given.interrupted ?? new AbortController().signal,
    deaf: (act) => act(),
    workerFile: given.workerFile ?? null,
    nowMs: given.nowMs ?? (() => 0),
  }
  const exit = await main(argv, io)
  return { exit, out: out.join(''), err: err.join('') }
}

/** A short story: a leader is killed while five records a second are written. */
export const SMALL = `version: 1
title: A small crash
story: The leader is killed and another takes over.
kafka: '2.4'
seed: '7'
cluster:
  brokers: 3
  controller: 3
  settings: { zookeeper.session.timeout.ms: 2000, auto.leader.rebalance.enable: false }
topics:
  orders: { replicas: [[1, 2, 3]] }
network: { latency: 1ms }
clients:
  shop: { produces: orders, partition: 0, rate: 5/s, from: 1s, until: 8s, settings: { acks: all, retries: 1000 } }
run: 9s
settle: 3s
steps:
  - { at: 2s, text: The leader is killed., do: { crash: leader(orders-0) } }
  - { when: { leader: orders-0, is: broker 2 }, text: Broker 2 leads., do: { start: broker 1 } }
expect:
  holds: [AckedAtAllNotLost]
  counts: { lost: 0 }
`
