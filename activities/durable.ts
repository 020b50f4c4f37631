import { setImmediate } from 'node:timers/promises';
import { ApplicationFailure, CancelledFailure, CompleteAsyncError, Context } from '@temporalio/activity';
import type { AttemptKey } from '../db/queries/attempts.ts';

/** What a running attempt may ask of its surroundings. */
export interface Attempt {
  readonly number: number;
  readonly workerId: string;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  /** Aborts when the activity is cancelled or its worker shuts down. */
  readonly signal: AbortSignal;
  /** Heartbeats, lets the event loop run, and throws once the attempt is cancelled; call it between pieces of work. */
  pause(): Promise<void>;
}

/** Another worker may be free, an object store may answer again. */
const RETRYABLE_ERRORS = new Set(['WorkerBusyError', 'ObjectStoreUnreachableError']);

/** Faults that pass by themselves, as of a database in use or a file system that went away; others would be thrown again. */
const TRANSIENT_CODES = new Set([
  ...['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_BUSY_RECOVERY', 'SQLITE_LOCKED', 'SQLITE_IOERR'],
  ...['EAGAIN', 'EBUSY', 'EINTR', 'EIO', 'EMFILE', 'ENFILE', 'ESTALE', 'ETIMEDOUT', 'EHOSTDOWN', 'ENOTCONN'],
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

/** What the store notes of an attempt that commits a stage. */
export function stageKey(
  at: { readonly epoch: number; readonly step: number },
  { number, workerId, startedAt }: Attempt,
  of: { readonly runId: string; readonly stage: string },
): AttemptKey {
  return { ...of, epoch: at.epoch, step: at.step, attempt: number, worker: workerId, startedAt };
}

/** A local activity lives with its workflow task, and nobody hears it. */
function heartbeat(): void {
  const context = Context.current();
  if (!context.info.isLocal) context.heartbeat();
}

function currentAttempt(): Attempt {
  const context = Context.current();
  const { attempt, taskQueue } = context.info;
  return {
    number: attempt,
    workerId: `${taskQueue}/${process.pid}`,
    startedAt: new Date().toISOString(),
    signal: context.cancellationSignal,
    pause: async () => {
      heartbeat();
      await setImmediate();
      if (context.cancellationSignal.aborted) await context.cancelled;
    },
  };
}

/** Often enough that a timeout means that the process is gone or its event loop stands still, not that a file is large. */
const HEARTBEAT_INTERVAL_MS = 5000;

/**
 * Makes an activity of a body that gets its input and its attempt: faults are typed, cancellation is observed, heartbeats are sent in
 * the background, also while a file is read, written or transferred.
 */
export function durable<Input, Output>(
  body: (input: Input, attempt: Attempt) => Promise<Output> | Output,
): (input: Input) => Promise<Output> {
  return async (input) => {
    const timer = setInterval(heartbeat, HEARTBEAT_INTERVAL_MS);
    try {
      return await body(input, currentAttempt());
    } catch (error) {
      throw toFailure(error);
    } finally {
      clearInterval(timer);
    }
  };
}
