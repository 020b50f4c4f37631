import { spawn } from 'node:child_process';

/** Waits for the end of its stdin, which only the worker holds: then it ends the program's group and removes its folder. */
const GUARD = 'read -r _; kill -s KILL -- "-$1" 2>/dev/null; rm -rf -- "$2"';

/** Whom a guard outlives. */
export interface GuardedProgram {
  /** Leader of a process group of its own. */
  readonly pid: number;
  /** Its own, removed with it. */
  readonly directory: string;
}

/**
 * Sees to it that a program does not outlive this process: one in the middle of an answer does not notice that nobody waits for it
 * any more, and a killed worker can end nothing. Call what is returned once the program has ended, since its number may then be another's.
 */
export function guardProgram({ pid, directory }: GuardedProgram): () => void {
  const guard = spawn('/bin/sh', ['-c', GUARD, 'assay-guard', String(pid), directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell there is no guard, and the program ends by itself when its stdin does.
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  return () => void guard.kill('SIGKILL');
}
