/**
 * When a claim is promised. A promise is a function of the plan: of the generation's switches, the settings and the
 * faults that may come. Where there is none the hole is named, so that a break is told apart from a failure of ours.
 */
import { topicSetting } from '../kafka/config.ts'
import type { Action, Plan } from '../world/plan.ts'
import type { Promised } from './property.ts'
import { PROMISED } from './property.ts'

/** A follower cuts its log to its own high watermark, which lags behind what is committed, and which no epoch tells of. */
export const CUT_TO_HIGH_WATERMARK = 'KIP-101 (KAFKA-1211)'
/** Asked for the end of an epoch that it has not seen, a leader names where its next one begins. */
export const FAST_FAIL_OVER = 'KIP-279 (KAFKA-6361)'
/** A follower told of the same leader at a later epoch does nothing, though others have led in between. */
export const SAME_LEADER_PASSED_OVER = 'KAFKA-7164'
/** A leader that has appended nothing knows no epoch as late as the one it is asked for. */
export const LEADER_WITHOUT_EPOCH = 'KAFKA-7415'
/** A follower and a leader of different epochs take each other's word. */
export const UNFENCED_LEADER = 'KIP-320 (KAFKA-6880)'
/** A follower joins at the high watermark of a new leader, which may lie below what is committed. */
export const JOINED_AT_STALE_HIGH_WATERMARK = 'KAFKA-7128'
export const ACKNOWLEDGED_BY_OLD_WAIT = 'KAFKA-2960'
/** A follower that is ahead of its leader, which has caught up meanwhile, takes itself for too far behind and drops its log. */
export const WHOLE_LOG_DROPPED = 'KAFKA-2143'
export const NO_CHECKPOINT_OF_DEAD_LEADER = 'KAFKA-1647'
export const UNCLEAN_ELECTION = 'KIP-106 (unclean leader election)'
/** A record that was given up lends its sequence to the next one, which is then taken for it. */
export const SEQUENCE_OF_ANOTHER = 'KAFKA-5494'
/** A diverging answer moves the high watermark over records that are then cut. */
export const DIVERGING_ANSWER_BELIEVED = 'KAFKA-14704'

/** One reason why something may break. */
export interface Hole {
  readonly because: string
  /** KIP or JIRA. */
  readonly hole: string | null
  /** A break through it can be told from what happened in the run (loss-holes.ts, disk-holes.ts). */
  readonly isTold?: true
}

function namesOf(holes: readonly Hole[]): string | null {
  const names = holes.map(({ hole }) => hole).filter((hole) => hole !== null)
  return names.length === 0 ? null : [...new Set(names)].join(', ')
}

/** Not promised where there is a hole: the plan excuses every break that has no name of its own. */
export const unlessHoles = (holes: readonly Hole[]): Promised =>
  holes.length === 0
    ? PROMISED
    : { promised: false, because: holes.map(({ because }) => because).join('; '), hole: namesOf(holes) }

/**
 * The same for a property that tells from what happened which hole a break went through: holes that can be told excuse
 * nothing by being possible, so that what happened has to explain a break, or one of the other holes may.
 */
export function unlessToldHoles(holes: readonly Hole[]): Promised {
  const promised = unlessHoles(holes)
  if (promised.promised) return promised
  const others = holes.filter(({ isTold }) => isTold !== true)
  return { ...promised, excuse: others.length === 0 ? null : { hole: namesOf(others) } }
}

/** Every property asks, some several times. */
const ACTIONS = new WeakMap<Plan, readonly Action[]>()

function actionsOf(plan: Plan): readonly Action[] {
  let actions = ACTIONS.get(plan)
  if (actions === undefined) {
    actions = plan.steps.flatMap((step) => step.actions)
    ACTIONS.set(plan, actions)
  }
  return actions
}

/** Actions after which every process runs, every link carries and every leader stays where it is. */
const HARMLESS: Readonly<Record<string, true>> = {
  start: true,
  resume: true,
  supervise: true,
  heal: true,
  healAll: true,
  healToRegistry: true,
  release: true,
  request: true,
  startClient: true,
  stopClient: true,
  offer: true,
  call: true,
  observe: true,
  note: true,
}

const HARMLESS_ADMIN: Readonly<Record<string, true>> = {
  createTopic: true,
  addPartitions: true,
  alterTopicConfig: true,
}

function isHarmless(action: Action): boolean {
  if (action.do === 'admin') return HARMLESS_ADMIN[action.request.admin] === true
  return HARMLESS[action.do] === true
}

/** Something may go wrong, or leadership may move. */
export const isDisturbed = (plan: Plan): boolean => actionsOf(plan).some((action) => !isHarmless(action))

const settingsOfTopics = (plan: Plan): Readonly<Record<string, string>>[] => [
  ...plan.topics.map(({ settings }) => settings),
  ...actionsOf(plan).flatMap((action) =>
    action.do === 'admin' && 'settings' in action.request ? [action.request.settings] : [],
  ),
]

/** Values of a setting that some topic may have, in the generation's words. */
function valuesOf(plan: Plan, key: string): string[] {
  const topics = settingsOfTopics(plan)
  const own = topics.flatMap((settings) => (settings[key] === undefined ? [] : [settings[key]]))
  const general = plan.brokers.map(({ settings }) => topicSetting(settings, undefined, key))
  return [...own, ...general.flatMap((value) => (value === undefined ? [] : [String(value)]))]
}

const isCompacted = (plan: Plan): boolean => valuesOf(plan, 'cleanup.policy').some((value) => value.includes('compact'))

/** A cleaner may take a record that one reader has been handed before another comes to it. */
export const compactionHoles = (plan: Plan): Hole[] =>
  isCompacted(plan) ? [{ because: 'a topic is compacted', hole: null }] : []

/** Records may go before everybody has read them: by age, by size, by compaction, or because somebody asks for it. */
export function cleanupHoles(plan: Plan): Hole[] {
  const holes = compactionHoles(plan)
  const runMs = (plan.runUs + plan.settleUs) / 1000
  const byAge = valuesOf(plan, 'retention.ms').some((value) => {
    const ms = Number(value)
    return ms < 0 ? plan.mechanisms.negativeRetention === 'everything' : ms < runMs
  })
  const bySize = valuesOf(plan, 'retention.bytes').some((value) => Number(value) >= 0)
  if (byAge || bySize) holes.push({ because: 'old segments are deleted', hole: null })
  const asked = actionsOf(plan).some((action) => action.do === 'request' && action.request.request === 'deleteRecords')
  if (asked) holes.push({ because: 'an administrator deletes records', hole: null })
  return holes
}

export const losesPower = (plan: Plan): boolean => actionsOf(plan).some((action) => action.do === 'powerLoss')

/** A power loss that leaves the beginning of a batch in its file. */
export const tearsTails = (plan: Plan): boolean =>
  actionsOf(plan).some((action) => action.do === 'powerLoss' && action.torn === true)

/** A disk lies, or files change under a broker. One that is full or fails takes nothing back. */
export const damagesDisks = (plan: Plan): boolean =>
  actionsOf(plan).some((action) => action.do === 'damage' || (action.do === 'disk' && action.change.lies === true))

/** A broker comes back with an empty disk. */
export const replacesDisks = (plan: Plan): boolean => actionsOf(plan).some((action) => action.do === 'wipe')

/** Somebody may be without what it had, and no leader had it cut. */
export const losesOnDisks = (plan: Plan): boolean => losesPower(plan) || replacesDisks(plan) || damagesDisks(plan)

/** A power loss that is told what it leaves may leave less than was flushed. */
export const keepsLess = (plan: Plan): boolean =>
  actionsOf(plan).some((action) => action.do === 'powerLoss' && action.keepBelow !== null)

const KEY = 'unclean.leader.election.enable'
const isOn = (value: unknown): boolean => value === true || value === 'true'

/** A replica outside the ISR may come to lead: there is no switch against it, it is on somewhere, or it is asked for. */
export function isUncleanPossible(plan: Plan): boolean {
  const { mechanisms } = plan
  if (!mechanisms.uncleanElectionSwitch) return true
  const obeyed = mechanisms.metadata === 'registry' || mechanisms.uncleanElectionInKraft
  if (
    obeyed &&
    plan.brokers.some(({ settings }) => plan.topics.some((it) => isOn(topicSetting(settings, it.settings, KEY))))
  ) {
    return true
  }
  return actionsOf(plan).some((action) => {
    if (action.do === 'changeSetting') return obeyed && action.key === KEY && isOn(action.value)
    if (action.do !== 'admin') return false
    const { request } = action
    if (request.admin === 'electLeader') return request.election === 'UNCLEAN'
    if (request.admin === 'createTopic') {
      return obeyed && plan.brokers.some(({ settings }) => isOn(topicSetting(settings, request.settings, KEY)))
    }
    return obeyed && request.admin === 'alterTopicConfig' && isOn(request.settings[KEY])
  })
}

/** Eligible leader replicas are on (KIP-966): by the feature level where the version has one, else by its switch. */
export function hasEligibleReplicas({ brokers, mechanisms }: Plan): boolean {
  const level = brokers[0]?.settings['eligible.leader.replicas.version']
  return typeof level === 'number' ? level > 0 : mechanisms.eligibleLeaderReplicas
}

/** Somebody changes that setting of a topic in mid-run. */
export const altersTopicSetting = (plan: Plan, key: string): boolean =>
  actionsOf(plan).some(
    (action) =>
      action.do === 'admin' &&
      action.request.admin === 'alterTopicConfig' &&
      action.request.settings[key] !== undefined,
  )

/** Holes through which followers of a generation keep records that their leader does not have. */
export function divergenceHoles(plan: Plan): Hole[] {
  const { mechanisms } = plan
  if (!isDisturbed(plan)) return []
  const holes: Hole[] = []
  if (mechanisms.truncation === 'high-watermark') {
    holes.push({
      because: 'a follower truncates to its own stale high watermark',
      hole: CUT_TO_HIGH_WATERMARK,
      isTold: true,
    })
  }
  if (mechanisms.truncation === 'kip-101') {
    holes.push({
      because: 'one question about the last epoch misses records of a fast fail-over',
      hole: FAST_FAIL_OVER,
      isTold: true,
    })
  }
  if (mechanisms.sameLeaderNewEpoch === 'skip') {
    holes.push({
      because: 'a missed epoch of another leader goes unnoticed',
      hole: SAME_LEADER_PASSED_OVER,
      isTold: true,
    })
  }
  if (mechanisms.recordFormat === 2 && !mechanisms.epochEntryAtElection) {
    holes.push({
      because: 'a leader that appended nothing leaves no epoch entry',
      hole: LEADER_WITHOUT_EPOCH,
      isTold: true,
    })
  }
  if (mechanisms.recordFormat === 2 && !mechanisms.leaderEpochFencing) {
    holes.push({ because: 'fetches are not fenced by leader epoch', hole: UNFENCED_LEADER, isTold: true })
  }
  return holes
}

/** Whether a producer has its batches numbered. */
export const isIdempotent = ({ clients }: Plan, name: string): boolean =>
  clients.some(
    ({ kind, name: own, settings }) => kind === 'producer' && own === name && isOn(settings['enable.idempotence']),
  )

/** Holes that a broker without the tail of its log falls into. Which of them lost a record is told by `diskHole`. */
function lostTailHoles(plan: Plan): Hole[] {
  if (!losesPower(plan) && !replacesDisks(plan)) return []
  const holes: Hole[] = [
    {
      because: 'every replica of the ISR may lose what it had',
      hole: losesPower(plan) ? 'KIP-101 (C-02)' : null,
      isTold: true,
    },
  ]
  holes.push({
    because: hasEligibleReplicas(plan)
      ? 'the last known leader leads again where every eligible replica stopped uncleanly'
      : 'the last replica of the ISR may lose what it had and lead all the same',
    hole: hasEligibleReplicas(plan) ? 'KIP-966' : 'KIP-966 (C-16)',
    isTold: true,
  })
  // Brokers of KRaft register anew whenever they start, and are fenced until then.
  if (plan.mechanisms.metadata === 'registry') {
    holes.push({
      because: 'a broker may be back before anybody has noticed what it lost',
      hole: 'KIP-380 (C-29)',
      isTold: true,
    })
  }
  return holes
}

/** Holes through which a committed record can be gone from the log of the leader. */
export function lossHoles(plan: Plan): Hole[] {
  if (!isDisturbed(plan)) return []
  const { mechanisms } = plan
  const holes: Hole[] = []
  if (isCompacted(plan) && !mechanisms.cleanerStopsAtHighWatermark) {
    holes.push({
      because: 'a cleaner goes by records above the high watermark, which may be cut later',
      hole: 'KAFKA-13194',
      isTold: true,
    })
  }
  if (isUncleanPossible(plan)) {
    holes.push({ because: 'a replica outside the ISR may be elected', hole: UNCLEAN_ELECTION, isTold: true })
  }
  holes.push(...lostTailHoles(plan))
  if (replacesDisks(plan) && !mechanisms.isrEligibility.endsWith('-epoch')) {
    holes.push({
      because: 'a broker with an empty disk may be taken for the member of the ISR that it was',
      hole: 'KIP-903',
      isTold: true,
    })
  }
  if (damagesDisks(plan)) {
    holes.push({ because: 'a disk may lose what a broker believes to be on it', hole: null, isTold: true })
  }
  holes.push(...divergenceHoles(plan))
  if (mechanisms.isrAdmission === 'high-watermark') {
    holes.push({
      because: 'a follower joins the ISR at the stale high watermark of a fresh leader',
      hole: JOINED_AT_STALE_HIGH_WATERMARK,
      isTold: true,
    })
  }
  if (mechanisms.sequencesCount === 'acknowledged' && plan.clients.some(({ name }) => isIdempotent(plan, name))) {
    holes.push({
      because: 'a record that is given up leaves its sequence to the next one',
      hole: SEQUENCE_OF_ANOTHER,
      isTold: true,
    })
  }
  if (!mechanisms.stepDownCompletesProduce) {
    holes.push({
      because: 'a produce that waits outlives the lead of its broker, and is acknowledged when that one leads again',
      hole: ACKNOWLEDGED_BY_OLD_WAIT,
      isTold: true,
    })
  }
  if (mechanisms.outOfRangeReset === 'wipe') {
    holes.push({ because: 'a follower out of range drops its whole log', hole: WHOLE_LOG_DROPPED, isTold: true })
  }
  if (mechanisms.deadLeaderNamed === 'ignore') {
    holes.push({
      because: 'a replica whose leader is dead loses its high watermark',
      hole: NO_CHECKPOINT_OF_DEAD_LEADER,
      isTold: true,
    })
  }
  return holes
}

/** Faults that last until something ends them. */
const LASTING: Readonly<Record<string, true>> = {
  pause: true,
  cut: true,
  cutFromRegistry: true,
  slow: true,
  hold: true,
  drop: true,
  lagFollower: true,
  disk: true,
  slowDisk: true,
  stallDisk: true,
}

/** What is judged in a quiet end is promised where the run settles and nothing is left broken. */
export function settlesHealed(plan: Plan): Promised {
  if (plan.endsWithSteps) {
    return { promised: false, because: 'the run ends with its last step and does not settle', hole: null }
  }
  if (!plan.healAtEnd && actionsOf(plan).some((action) => LASTING[action.do] === true)) {
    return { promised: false, because: 'faults of links and processes may last to the end', hole: null }
  }
  return PROMISED
}
