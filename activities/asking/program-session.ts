import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ScoreFailureError, type ProgramSource } from '../../schemes/rewards/reward.ts';
import { startProgram, type Line, type ProgramProcess } from './program-process.ts';

/** A program with its files in a folder of its own, started when it is first asked and again when it ends. */
export interface ProgramSession {
  /** @throws as `ProgramProcess.send` */
  ask(line: Line & { readonly id: string }, signal: AbortSignal): Promise<Line>;
  /** Forgives the ends that it has had. */
  forgive(): void;
  close(): void;
}

/** Ends in a row, without an answer between, after which it is not started again. */
const MOST_ENDS = 2;

function writeFiles(files: ProgramSource['files']): string {
  const directory = mkdtempSync(join(tmpdir(), 'assay-program-'));
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return directory;
}

function isEnd(error: unknown): error is ScoreFailureError {
  return error instanceof ScoreFailureError && error.kind === 'ended';
}

export function openProgram({ command, files }: ProgramSource): ProgramSession {
  const directory = writeFiles(files);
  let running: ProgramProcess | null = null;
  let ends = 0;
  const stop = (stopped: ProgramProcess): void => {
    stopped.kill();
    // Several that wait for one process learn of its end, which is one end.
    if (running !== stopped) return;
    running = null;
    ends += 1;
  };
  const askOnce = async (line: Line & { readonly id: string }, signal: AbortSignal): Promise<Line> => {
    const asked = (running ??= startProgram(command, directory));
    try {
      const answer = await asked.send(line, signal);
      ends = 0;
      return answer;
    } catch (error) {
      // One that does not answer in time may never do: the next rollout would wait behind it.
      if (isEnd(error) || signal.aborted) stop(asked);
      throw error;
    }
  };
  return {
    ask: async (line, signal) => {
      if (ends >= MOST_ENDS)
        throw new ScoreFailureError(
          'ended',
          `program "${command.join(' ')}" stopped ${MOST_ENDS} times in a row and is not started again in this round`,
        );
      try {
        return await askOnce(line, signal);
      } catch (error) {
        if (!isEnd(error) || ends >= MOST_ENDS) throw error;
        return askOnce(line, signal);
      }
    },
    forgive: () => (ends = 0),
    close: () => {
      running?.kill();
      running = null;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
