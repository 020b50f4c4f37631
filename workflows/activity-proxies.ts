import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { StoreActivities } from '../activities/store-activities.ts';
import type { TrainActivities } from '../activities/train-activities.ts';
import { taskQueues } from '../spec/plan.ts';

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

/** Short transactions by the store's own worker. */
export const store = proxyActivities<StoreActivities>({
  taskQueue: taskQueues.cpu,
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '20s',
  cancellationType,
  retry,
});

/** Model compute: minutes at most, heartbeats between tokens and micro-batches. */
export const train = proxyActivities<TrainActivities>({
  taskQueue: taskQueues.train,
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '20s',
  cancellationType,
  retry,
});
