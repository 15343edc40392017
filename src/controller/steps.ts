import { electionSteps } from './asked-elections.ts'
import { brokerSteps } from './broker-changes.ts'
import { shutdownSteps } from './controlled-shutdown.ts'
import { isrSteps } from './isr-changes.ts'
import { logDirSteps } from './log-dir-failures.ts'
import { partitionSteps } from './partition-states.ts'
import { reassignmentSteps } from './reassignment.ts'
import { replicaSteps } from './replica-states.ts'
import { requestSteps } from './request-batch.ts'
import type { StepHandlers } from './scope.ts'
import { stateChangeSteps } from './state-changes.ts'
import type { StepName } from './step.ts'
import { officeSteps } from './taking-office.ts'
import { takeOverSteps } from './taking-over.ts'
import { topicSteps } from './topic-changes.ts'
import { deletionSteps } from './topic-deletion.ts'

/** What each step does. */
export const STEPS: StepHandlers<StepName> = {
  ...officeSteps,
  ...takeOverSteps,
  ...brokerSteps,
  ...logDirSteps,
  ...topicSteps,
  ...partitionSteps,
  ...replicaSteps,
  ...stateChangeSteps,
  ...requestSteps,
  ...reassignmentSteps,
  ...electionSteps,
  ...deletionSteps,
  ...isrSteps,
  ...shutdownSteps,
  ignoreAnswers: () => {},
}
