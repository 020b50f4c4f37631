import { ActivityFailure, ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import type { TrainActivities } from '../activities/train-activities.ts';
import { train, trainOn } from './activity-proxies.ts';

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
  call: (activities: Pick<TrainActivities, 'sample' | 'measure' | 'update'>) => Promise<Output>,
): Promise<Output> {
  if (workerQueue === null) return call(train());
  try {
    return await call(trainOn(workerQueue));
  } catch (error) {
    if (!isOfWorker(error)) throw error;
    return call(train());
  }
}
