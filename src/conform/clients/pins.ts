/** Who was controller in a recording of clients, as far as crashes and the controller's epoch tell. */
import type { BrokerId } from '../../kafka/ids.ts'
import type { PinNote } from '../check.ts'
import type { ClientsRecording } from './recording.ts'
import { numberOf } from './recording.ts'

/** A draw for who tries first, and one for who tries last. */
const FIRST = 0
const LAST = 0.99

/** How much sooner than the others the first controller comes up, in ms. */
const BEFORE_MS = 60

/** Start-up times in ms by entry, with that of the first controller before those of the brokers started with it. */
export function withFirstController(
  recording: ClientsRecording,
  startup: ReadonlyMap<number, number>,
  pins: readonly PinNote[],
): ReadonlyMap<number, number> {
  const first = pins.find(({ stream, value }) => stream.startsWith('controller.election/1/') && value === FIRST)
  const upTo = recording.entries.findIndex((entry) => entry.saw !== undefined)
  const starts = [...startup].filter(([index]) => index < upTo)
  const soonest = Math.min(...starts.map(([, ms]) => ms))
  const own = starts.find(([index]) => first?.stream.endsWith(`/broker-${String(recording.entries[index]?.broker)}`))
  if (own === undefined || starts.length < 2) return startup
  return new Map([...startup, [own[0], Math.max(1, soonest - BEFORE_MS)]])
}

/** The crash that ended an epoch was that of its controller; one that did not was that of somebody else. */
export function controllerPins(recording: ClientsRecording, brokers: readonly BrokerId[]): PinNote[] {
  const winners = new Map<number, BrokerId>()
  const others = new Map<number, BrokerId[]>()
  let epoch = 1
  let crashed: BrokerId | null = null
  for (const entry of recording.entries) {
    if (entry.do === 'crash') crashed = numberOf(entry, 'broker')
    const seen = entry.saw === 'state' ? numberOf(entry, 'controllerEpoch') : null
    if (seen === null) continue
    if (crashed !== null && seen === epoch + 1) winners.set(epoch, crashed)
    if (crashed !== null && seen === epoch) others.set(epoch, [...(others.get(epoch) ?? []), crashed])
    if (crashed !== null && seen >= epoch) crashed = null
    epoch = Math.max(epoch, seen)
  }
  const notes: PinNote[] = []
  for (const known of [...new Set([...winners.keys(), ...others.keys()])].sort((a, b) => a - b)) {
    const winner = winners.get(known)
    const why =
      winner === undefined
        ? `the crash of ${others.get(known)!.join()} left controller epoch ${known} as it was`
        : `the crash of broker ${winner} ended controller epoch ${known}`
    for (const broker of brokers) {
      const first = winner === undefined ? !others.get(known)!.includes(broker) : broker === winner
      const stream = `controller.election/${known}/broker-${broker}`
      notes.push({ stream, index: 0, value: first ? FIRST : LAST, why })
    }
  }
  return notes
}
