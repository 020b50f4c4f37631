import type { WorkflowInterceptors } from '@temporalio/workflow';

const swapped = new Map([
  ['verify', 'shape'],
  ['shape', 'verify'],
]);

/** Makes the real workflows shape before they verify: the kind of change that must not pass unnoticed. */
export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      scheduleLocalActivity: (input, next) =>
        next({ ...input, activityType: swapped.get(input.activityType) ?? input.activityType }),
    },
  ],
});
