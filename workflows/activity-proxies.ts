import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { StoreActivities } from '../activities/store-activities.ts';
import type { TrainActivities } from '../activities/train-activities.ts';
import { namesOfWorkflow, type TemporalNames } from '../config/plan.ts';

/**
 * Attempts are many because a killed worker or a restarted server costs one each; faults that a retry cannot mend are
 * thrown as non-retryable by the activities themselves.
 */
const retry = {
  initialInterval: '500ms',
  backoffCoefficient: 2,
  maximumInterval: '15s',
  maximumAttempts: 200,
} as const;

/** A cancelled workflow ends after its activities, so that nothing is computed or committed behind its back. */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

/**
 * The stages between sampling and the next sampling: a transaction of milliseconds each. Local, because the worker that runs
 * a store's workflows is its only writer: what they cost is their work and not a round trip through the server.
 */
export const stages = proxyLocalActivities<
  Pick<StoreActivities, 'openRun' | 'replay' | 'verify' | 'judge' | 'shape' | 'record' | 'recordCollected'>
>({ startToCloseTimeout: '5 minutes', cancellationType, retry });

/** What reads and writes whole files, by the store's own worker, whose queue the workflows are on. */
export const store = proxyActivities<Omit<StoreActivities, keyof typeof stages>>({
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '20s',
  cancellationType,
  retry,
});

/** Names on the server of the store that the present workflow belongs to. */
export function names(): TemporalNames {
  return namesOfWorkflow(workflowInfo().workflowId);
}

/** Model compute on any train worker: minutes at most, heartbeats all the while. */
export function train(): TrainActivities {
  return proxyActivities<TrainActivities>({
    taskQueue: names().trainQueue,
    startToCloseTimeout: '1 hour',
    heartbeatTimeout: '20s',
    cancellationType,
    retry,
  });
}

/** A queue that nobody takes from for so long belongs to a worker that is gone. */
const PATIENCE = '2 seconds';

/** Model compute on the worker with a queue of its own: one attempt, since any other may do the same a little later. */
export function trainOn(workerQueue: string): TrainActivities {
  return proxyActivities<TrainActivities>({
    taskQueue: workerQueue,
    startToCloseTimeout: '1 hour',
    scheduleToStartTimeout: PATIENCE,
    heartbeatTimeout: '20s',
    cancellationType,
    retry: { maximumAttempts: 1 },
  });
}
