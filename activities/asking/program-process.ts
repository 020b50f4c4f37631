import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ScoreFailureError } from '../../schemes/rewards/reward.ts';
import { guardProgram } from './guard-program.ts';

/** The command of an external reward cannot be started at all: install it, or mend the reward's option `command`. */
export class ProgramStartError extends Error {
  override readonly name = 'ProgramStartError';
}

export type Line = Readonly<Record<string, unknown>>;

/** A program that answers lines of JSON, as long as it runs. */
export interface ProgramProcess {
  /**
   * Sends a line and resolves to the one that answers it, which has the same `id`.
   *
   * @throws ScoreFailureError `ended` when the program ends before it has answered, `unreadable` when it prints something else;
   * the signal's reason; ProgramStartError
   */
  send(line: Line & { readonly id: string }, signal: AbortSignal): Promise<Line>;
  /** Kills it with all that it has started. */
  kill(): void;
}

/** How much of stderr an error quotes. */
const TAIL_CHARACTERS = 1000;

interface Waiting {
  resolve(answer: Line): void;
  reject(error: unknown): void;
}

function parseLine(text: string): Line | null {
  try {
    const parsed = JSON.parse(text) as unknown;
    return typeof parsed === 'object' && parsed !== null ? (parsed as Line) : null;
  } catch {
    return null;
  }
}

function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}

/** Its group is its own, so what it has started ends with it. */
function killGroup({ pid }: ChildProcessWithoutNullStreams): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** What waits for answers of one process. */
function createWaiting(name: string) {
  const waiting = new Map<string, Waiting>();
  const sent = new Set<string>();
  return {
    add: (id: string, one: Waiting): void => {
      sent.add(id);
      waiting.set(id, one);
    },
    drop: (id: string): void => void waiting.delete(id),
    /** Rejects all. */
    fail: (error: Error): void => {
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    },
    /** A line that answers nothing that was sent is held against the oldest that waits. */
    take: (text: string): void => {
      const line = parseLine(text);
      const id = line?.['id'];
      if (typeof id === 'string' && waiting.has(id)) {
        waiting.get(id)!.resolve(line!);
        waiting.delete(id);
      } else if (typeof id !== 'string' || !sent.has(id)) {
        const [oldest] = waiting;
        if (oldest === undefined) return;
        waiting.delete(oldest[0]);
        oldest[1].reject(
          new ScoreFailureError(
            'unreadable',
            `${name} printed ${quote(text)}; expected one line of JSON with the id it was sent and a score; anything else belongs on stderr`,
          ),
        );
      }
    },
  };
}

/**
 * Starts a program in a folder.
 *
 * @param command program and arguments
 */
export function startProgram(command: readonly string[], directory: string): ProgramProcess {
  const [program, ...args] = command as [string, ...string[]];
  const name = `program "${command.join(' ')}"`;
  const child = spawn(program, args, { cwd: directory, detached: true, stdio: 'pipe' });
  const release = child.pid === undefined ? null : guardProgram({ pid: child.pid, directory });
  const waiting = createWaiting(name);
  let tail = '';
  let end: Error | null = null;
  const endWith = (error: Error): void => {
    end ??= error;
    waiting.fail(end);
  };
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => (tail = (tail + text).slice(-TAIL_CHARACTERS)));
  createInterface({ input: child.stdout }).on('line', (text) => waiting.take(text));
  // Of a program that ended in the meantime; its end is told below.
  child.stdin.on('error', () => undefined);
  child.on('error', (error) =>
    endWith(new ProgramStartError(`${name} cannot be started: ${error.message}; mend the reward's command`)),
  );
  child.on('exit', () => release?.());
  child.on('close', (code, killedBy) => {
    const how = killedBy === null ? `with code ${code}` : `by ${killedBy}`;
    const said = tail.trim() === '' ? 'it wrote nothing to stderr' : `the end of its stderr:\n${tail.trim()}`;
    endWith(new ScoreFailureError('ended', `${name} ended ${how}; ${said}`));
  });
  return {
    send: (line, signal) =>
      new Promise<Line>((resolve, reject) => {
        if (end !== null) return reject(end);
        const abort = (): void => {
          waiting.drop(line.id);
          reject(signal.reason as Error);
        };
        if (signal.aborted) return abort();
        signal.addEventListener('abort', abort, { once: true });
        const settle =
          <Value>(how: (value: Value) => void) =>
          (value: Value): void => {
            signal.removeEventListener('abort', abort);
            how(value);
          };
        waiting.add(line.id, { resolve: settle(resolve), reject: settle(reject) });
        child.stdin.write(`${JSON.stringify(line)}\n`);
      }),
    kill: () => killGroup(child),
  };
}
