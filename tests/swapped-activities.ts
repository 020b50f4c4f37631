import type { WorkflowInterceptors } from '@temporalio/workflow';

const swapped = new Map([
  ['verify', 'judge'],
  ['judge', 'verify'],
]);

/** Makes the real workflows judge before they verify: the kind of change that must not pass unnoticed. */
export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      scheduleActivity: (input, next) =>
        next({ ...input, activityType: swapped.get(input.activityType) ?? input.activityType }),
    },
  ],
});
