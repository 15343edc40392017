/** What becomes of processes: brokers, the registry, controllers, and clients with a process of their own. */
import { durationUs, signedDurationUs } from '../units.ts'
import { type Compile, type Compilers, eachBroker, eachTarget } from './compile-action.ts'

const startupOf = (form: { startup?: string | undefined }): number | null =>
  form.startup === undefined ? null : durationUs(form.startup)

const expireSession: Compile<'expire-session'> = (place, form) => {
  if (place.checks.isKraft) {
    place.checks.impossible(
      [...place.path, 'expire-session'],
      'sessions of KRaft are memory of the active controller; pause the broker, or cut it off, until it is fenced',
    )
  }
  const whose = { head: 'expire-session', texts: form['expire-session'], why: 'only brokers have sessions' } as const
  return eachBroker(place, whose, (target) => ({ do: 'expireSession', target }))
}

const clock: Compile<'clock'> = ({ checks, path }, form) => {
  if ((form.skew === undefined) === (form.jump === undefined)) {
    checks.add(path, form.skew === undefined ? 'nothing is said about the clock' : 'skew and jump stand side by side', {
      at: 'key',
      parts: path,
      expected: 'one of skew and jump',
    })
  }
  const relative = form.jump !== undefined
  const skewUs = signedDurationUs(form.jump ?? form.skew ?? '0s')
  return checks
    .targets(form.clock, [...path, 'clock'])
    .map((target) => ({ do: 'clockSkew', target, skewUs, ...(relative ? { relative } : {}) }))
}

const STOPPED = 'only brokers are stopped; a client is stopped by stop-client'
const RESTARTED = 'only brokers are restarted; another process that is down is started by start'
const SUPERVISED = 'only brokers exit by themselves; another process that is down is started by start'

export const PROCESSES: Compilers<
  'start' | 'crash' | 'stop' | 'restart' | 'supervise' | 'pause' | 'resume' | 'expire-session' | 'lag' | 'clock'
> = {
  start: (place, form) => {
    const startupUs = startupOf(form)
    return eachTarget(place, 'start', form.start, (target) => ({ do: 'start', target, startupUs }))
  },
  crash: (place, form) => eachTarget(place, 'crash', form.crash, (target) => ({ do: 'crash', target })),
  stop: (place, form) =>
    eachBroker(place, { head: 'stop', texts: form.stop, why: STOPPED }, (target) => ({ do: 'stop', target })),
  restart: (place, form) => {
    const startupUs = startupOf(form)
    const whom = { head: 'restart', texts: form.restart, why: RESTARTED } as const
    return eachBroker(place, whom, (target) => ({ do: 'restart', target, startupUs }))
  },
  supervise: (place, form) => {
    const whom = { head: 'supervise', texts: form.supervise, why: SUPERVISED } as const
    return eachBroker(place, whom, (target) => ({ do: 'supervise', target }))
  },
  pause: (place, form) => {
    const forUs = form.for === undefined ? null : durationUs(form.for)
    return eachTarget(place, 'pause', form.pause, (target) => ({ do: 'pause', target, forUs }))
  },
  resume: (place, form) => eachTarget(place, 'resume', form.resume, (target) => ({ do: 'resume', target })),
  'expire-session': expireSession,
  lag: (place, form) => {
    const byUs = durationUs(form.by)
    const whom = { head: 'lag', texts: form.lag, why: 'only brokers follow' } as const
    return eachBroker(place, whom, (target) => ({ do: 'lagFollower', target, byUs }))
  },
  clock,
}
