import { setImmediate } from 'node:timers/promises';
import { ApplicationFailure, CancelledFailure, CompleteAsyncError, Context } from '@temporalio/activity';

/** What a running attempt may ask of its surroundings. */
export interface Attempt {
  readonly number: number;
  readonly workerId: string;
  /** Aborts when the activity is cancelled or its worker shuts down. */
  readonly signal: AbortSignal;
  /** Heartbeats, lets the event loop run, and throws once the attempt is cancelled; call it between pieces of work. */
  pause(): Promise<void>;
}

/** The attempt that took a lease may have been the one without a future; an object store may answer again. */
const RETRYABLE_ERRORS = new Set(['StaleAttemptError', 'ObjectStoreUnreachableError']);

/** Faults that pass by themselves; anything else that is thrown would be thrown again. */
const TRANSIENT_CODES = new Set([
  'SQLITE_BUSY',
  'SQLITE_BUSY_SNAPSHOT',
  'SQLITE_LOCKED',
  'EAGAIN',
  'EMFILE',
  'ENFILE',
]);

function isTransient(error: unknown): boolean {
  if (error instanceof Error && RETRYABLE_ERRORS.has(error.name)) return true;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && TRANSIENT_CODES.has(code);
}

/** Rethrows what a retry cannot mend as a non-retryable failure that keeps the error's class name as its type. */
function toFailure(error: unknown): unknown {
  const isDecided =
    error instanceof ApplicationFailure ||
    error instanceof CancelledFailure ||
    error instanceof CompleteAsyncError;
  if (isDecided || isTransient(error) || !(error instanceof Error)) return error;
  return ApplicationFailure.create({
    message: error.message,
    type: error.name,
    nonRetryable: true,
    cause: error,
  });
}

function currentAttempt(): Attempt {
  const context = Context.current();
  const { attempt, taskQueue } = context.info;
  return {
    number: attempt,
    workerId: `${taskQueue}/${process.pid}`,
    signal: context.cancellationSignal,
    pause: async () => {
      context.heartbeat();
      await setImmediate();
      if (context.cancellationSignal.aborted) await context.cancelled;
    },
  };
}

/** Makes an activity of a body that gets its input and its attempt: faults are typed, cancellation is observed. */
export function durable<Input, Output>(
  body: (input: Input, attempt: Attempt) => Promise<Output> | Output,
): (input: Input) => Promise<Output> {
  return async (input) => {
    try {
      return await body(input, currentAttempt());
    } catch (error) {
      throw toFailure(error);
    }
  };
}
