/** Words of the switches about the KRaft controllers: their elections, and the sessions of brokers that the active one keeps. */
import { inArea, yesNo } from './words.ts'

export const QUORUM = inArea('KRaft', {
  quorumPreVote: {
    meaning: 'What a controller does first that hears of no leader of the quorum (KIP-996).',
    values: yesNo(
      'asks the others for their votes before it raises the epoch',
      'raises the epoch at once, which unseats a leader that is well',
    ),
  },
  sessionOutlivesFencing: {
    meaning: 'What becomes of the session of a broker that was fenced on its own request (KAFKA-17793).',
    values: yesNo('it still ends later, and fences the broker once more', 'it ends with the fencing'),
  },
  quorumLeaderChecksMajority: {
    meaning: 'Whether a leader of the quorum resigns that no longer hears of a majority (KAFKA-15489).',
    values: yesNo('it does', 'it goes on until another is elected'),
  },
})
