import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';

/** This worker is at something else; another one may do it, or this one later. */
export class WorkerBusyError extends Error {
  override readonly name = 'WorkerBusyError';
}

/** Runs bodies one after the other, in the order they came; one that would wait longer than `patienceMs` is not run. */
export type Turns = <Output>(body: () => Promise<Output>, patienceMs: number) => Promise<Output>;

const HEARTBEAT_INTERVAL_MS = 5000;

async function giveUpAfter(patienceMs: number, signal: AbortSignal): Promise<void> {
  // Longer than a timer can be: for ever.
  if (patienceMs === Infinity) return new Promise(() => undefined);
  await sleep(patienceMs, undefined, { signal });
  throw new WorkerBusyError(`this worker was at something else for ${patienceMs} ms; any other may do it`);
}

/** Heartbeats until `previous` has settled; throws when the waiting activity is cancelled or its patience ends. */
async function waitFor(previous: Promise<void>, patienceMs: number): Promise<void> {
  const context = Context.current();
  const settled = new AbortController();
  const timer = setInterval(() => context.heartbeat(), HEARTBEAT_INTERVAL_MS);
  try {
    const patience = giveUpAfter(patienceMs, settled.signal);
    // Its timer is cut short when the turn comes.
    patience.catch(() => undefined);
    await Promise.race([previous, context.cancelled, patience]);
  } finally {
    settled.abort();
    clearInterval(timer);
  }
}

/**
 * Turns for the activities of a process that serves two queues: they share live policies, of which one may be trained in place while
 * another activity would read it, and an event loop. One that waits heartbeats.
 */
export function createTurns(): Turns {
  let last: Promise<void> = Promise.resolve();
  return async (body, patienceMs) => {
    const previous = last;
    let end: () => void;
    last = new Promise((resolve) => (end = resolve));
    try {
      await waitFor(previous, patienceMs);
      return await body();
    } finally {
      // One that gave up waiting lets the next one no further than it came itself.
      void previous.then(() => end());
    }
  };
}

/** The same activities, each in its turn; those that wait longer than `patienceMs` throw `WorkerBusyError`. */
export function takeTurns<Activities extends Record<string, (input: never) => Promise<unknown>>>(
  activities: Activities,
  turns: Turns,
  patienceMs = Infinity,
): Activities {
  return Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      (input: never) => turns(() => activity(input), patienceMs),
    ]),
  ) as Activities;
}
