import { spawn } from 'node:child_process';

export interface ProgramRequest {
  command: string;
  arguments: readonly string[];
  directory?: string;
  environment?: NodeJS.ProcessEnv;
  timeoutMs: number;
}

/** A program that set-up called did not end well; the message ends with the last lines it printed. */
export class ProgramFailedError extends Error {
  override readonly name = 'ProgramFailedError';
}

const KEPT_CHARACTERS = 4000;

/**
 * Runs a program without a terminal and resolves to what it printed (standard output, at most the last 4000 characters).
 *
 * @throws ProgramFailedError when it cannot be started, exits with another status than 0 or outlives `timeoutMs`.
 */
export async function runProgram(request: ProgramRequest): Promise<string> {
  const { command, arguments: programArguments, directory, environment = process.env, timeoutMs } = request;
  // A group of its own, so that a time-out also ends the compilers and downloaders the program started.
  const child = spawn(command, programArguments, {
    cwd: directory,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  let everything = '';
  const keep = (text: string, chunk: Buffer): string => (text + chunk.toString()).slice(-KEPT_CHARACTERS);
  child.stdout.on('data', (chunk: Buffer) => {
    printed = keep(printed, chunk);
    everything = keep(everything, chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    everything = keep(everything, chunk);
  });
  const outcome = await new Promise<string>((resolve) => {
    const timer = setTimeout(() => {
      endGroup(child.pid);
      resolve(`was still running after ${String(timeoutMs / 1000)} s`);
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve(`could not be started: ${error.message}`);
    });
    child.once('close', (status, signal) => {
      clearTimeout(timer);
      resolve(status === 0 ? '' : `ended with ${signal ?? `status ${String(status)}`}`);
    });
  });
  if (outcome === '') return printed;
  throw new ProgramFailedError(
    `'${command} ${programArguments.join(' ')}' ${outcome}; expected status 0.\n${lastLines(everything)}`,
  );
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-15).join('\n');
}
