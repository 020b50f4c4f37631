import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  proxyActivities,
} from '@temporalio/workflow';
import type { TrainActivities } from '../activities/train-activities.ts';
import { train } from './activity-proxies.ts';

/** A queue that nobody takes from for so long belongs to a worker that is gone. */
const PATIENCE = '2 seconds';

/** A worker's own queue: one attempt, since any other worker may do the same a little later. */
function trainOn(workerQueue: string): TrainActivities {
  return proxyActivities<TrainActivities>({
    taskQueue: workerQueue,
    startToCloseTimeout: '1 hour',
    scheduleToStartTimeout: PATIENCE,
    heartbeatTimeout: '20s',
    retry: { maximumAttempts: 1 },
  }) as TrainActivities;
}

/** The worker was busy, went away or lost its connection; not: the work itself is at fault, or nobody wants it any more. */
function isOfWorker(error: unknown): boolean {
  if (!(error instanceof ActivityFailure) || CancellationScope.current().consideredCancelled) return false;
  return !(error.cause instanceof ApplicationFailure && error.cause.nonRetryable);
}

/**
 * Runs a train activity on the worker that holds the run's policy in memory, if one said so, and on any worker when that one is busy,
 * dead or cut off. Results are the same on every worker; only the time to fetch the policy differs.
 */
export async function trainWarm<Output>(
  workerQueue: string | null,
  call: (activities: Pick<TrainActivities, 'sample' | 'update'>) => Promise<Output>,
): Promise<Output> {
  if (workerQueue === null) return call(train);
  try {
    return await call(trainOn(workerQueue));
  } catch (error) {
    if (!isOfWorker(error)) throw error;
    return call(train);
  }
}
