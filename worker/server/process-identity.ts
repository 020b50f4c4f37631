import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process as it can be told from a later one of the same number: numbers are used again, also after a restart of the machine. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the operating system's own words; only ever compared. */
  readonly startedAt: string;
}

interface Observed {
  readonly startedAt: string;
  /** Ended, and waits to be buried by its parent. */
  readonly hasEnded: boolean;
}

/** Linux: what follows the program's name, which may hold anything, in `/proc/PID/stat`. */
function readProc(pid: number): Observed {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // In the manual's count fields 3, 20 and 22. As long as other threads end, files and ports are still held.
  const [state, threads, startedAt] = [fields[0]!, Number(fields[17]), fields[19]!];
  return { startedAt, hasEnded: state === 'Z' && threads <= 1 };
}

function askPs(pid: number): Observed {
  const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, LC_ALL: 'C' },
  }).trim();
  const [state = ''] = line.split(' ');
  return { startedAt: line.slice(state.length).trim(), hasEnded: state.startsWith('Z') };
}

/** The process that has this number now; null when none has, or only one that has ended and waits to be buried. */
export function identifyProcess(pid: number): ProcessIdentity | null {
  try {
    const { startedAt, hasEnded } = process.platform === 'linux' ? readProc(pid) : askPs(pid);
    return hasEnded ? null : { pid, startedAt };
  } catch {
    return null;
  }
}

/** Whether that very process is still there. */
export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  return identifyProcess(pid)?.startedAt === startedAt;
}
