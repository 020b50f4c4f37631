import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { CurvePoint } from '../curve-points.ts';

/** No Python with a trackio that fits: install it, or name another Python. */
export class TrackerMissingError extends Error {
  override readonly name = 'TrackerMissingError';
}

/** The tracker did not take all points: mend what the message names, and export again. */
export class TrackerFailedError extends Error {
  override readonly name = 'TrackerFailedError';
}

/** A point, and the project that it goes to. */
export interface ProjectPoint extends CurvePoint {
  readonly project: string;
}

/** trackio's own client in a Python process, which writes points until it is closed. */
export interface Trackio {
  readonly version: string;
  /** Where trackio keeps its projects. */
  readonly directory: string;
  /** @throws {TrackerFailedError} */
  log(points: Iterable<ProjectPoint>): Promise<void>;
  /**
   * Waits until everything is written; how many points the store did not have yet.
   *
   * @throws {TrackerFailedError}
   */
  close(): Promise<number>;
}

const SCRIPT = fileURLToPath(new URL('./log-curves.py', import.meta.url));

/** Exit status of the script where trackio is missing. */
const MISSING = 3;

const KEPT_CHARACTERS = 2000;

function keepTail(child: ChildProcessWithoutNullStreams): () => string {
  let tail = '';
  child.stderr.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-KEPT_CHARACTERS)));
  return () => tail.trim().split('\n').slice(-3).join('\n');
}

/** How the process ended. */
interface End {
  readonly isDone: boolean;
  /** Whether it never was a client. */
  readonly isMissing: boolean;
  readonly reason: string;
}

function waitForEnd(child: ChildProcessWithoutNullStreams): Promise<End> {
  return new Promise((resolve) => {
    child.once('error', ({ message }) => resolve({ isDone: false, isMissing: true, reason: message }));
    child.once('close', (status, signal) => {
      const reason = signal ?? `status ${status}`;
      resolve({ isDone: status === 0, isMissing: status === MISSING, reason });
    });
  });
}

function describeEnd({ isMissing, reason }: End, talk: string, python: string): Error {
  if (isMissing)
    return new TrackerMissingError(
      `${python} has no trackio that curves can be logged with (${talk || reason}); install it with ` +
        `\`${python} -m pip install --upgrade trackio\`, or name a Python that has it with --python`,
    );
  const words = talk === '' ? '' : `: ${talk}`;
  return new TrackerFailedError(
    `trackio's client ended with ${reason}${words}; \`assay export --to trackio\` logs what is missing`,
  );
}

/**
 * Starts the client and waits until it can log.
 *
 * @throws {TrackerMissingError}
 */
export async function openTrackio(python: string): Promise<Trackio> {
  // A group of its own: a Ctrl-C in the terminal must not end it before the last points are written.
  const child = spawn(python, [SCRIPT], { stdio: 'pipe', detached: true });
  const readTalk = keepTail(child);
  const ended = waitForEnd(child);
  const fail = async (): Promise<never> => {
    throw describeEnd(await ended, readTalk(), python);
  };
  // Writing to a client that has ended is told by how it ended.
  child.stdin.on('error', () => undefined);
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const readAnswer = async <Answer>(): Promise<Answer> => {
    const { value, done } = await answers.next();
    return done === true ? fail() : (JSON.parse(value) as Answer);
  };
  const ready = await readAnswer<Pick<Trackio, 'version' | 'directory'>>();
  return {
    ...ready,
    log: async (points) => {
      for (const point of points) {
        if (child.exitCode !== null || child.signalCode !== null) await fail();
        if (child.stdin.write(`${JSON.stringify(point)}\n`)) continue;
        // An error of the pipe means that the client has ended: the next look at it tells.
        await Promise.race([once(child.stdin, 'drain').catch(() => undefined), ended]);
      }
    },
    close: async () => {
      child.stdin.end();
      const { added } = await readAnswer<{ added: number }>();
      if (!(await ended).isDone) await fail();
      return added;
    },
  };
}
