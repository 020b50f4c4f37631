import { ApplicationFailure, rootCause } from '@temporalio/workflow';

/** What a run's row says about why it ended: the type of the innermost typed failure and the first cause's message. */
export function describeFailure(error: unknown): { type: string; message: string } {
  const message = error instanceof Error ? (rootCause(error) ?? error.message) : String(error);
  let current: unknown = error;
  let type = 'Error';
  while (current instanceof Error) {
    if (current instanceof ApplicationFailure && current.type) type = current.type;
    current = current.cause;
  }
  return { type, message };
}
