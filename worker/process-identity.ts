import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process as it can be told from a later one of the same number: numbers are used again, also after a restart of the machine. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the operating system's own words; only ever compared. */
  readonly startedAt: string;
}

/** Linux: what follows the program's name, which may hold anything, in `/proc/PID/stat`: the state is field 3, the start field 22. */
function readProc(pid: number): { state: string; startedAt: string } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0]!, startedAt: fields[19]! };
}

function askPs(pid: number): { state: string; startedAt: string } {
  const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, LC_ALL: 'C' },
  }).trim();
  const [state = ''] = line.split(' ');
  return { state, startedAt: line.slice(state.length).trim() };
}

/** The process that has this number now; null when none has, or only one that has ended and waits to be buried. */
export function identifyProcess(pid: number): ProcessIdentity | null {
  try {
    const { state, startedAt } = process.platform === 'linux' ? readProc(pid) : askPs(pid);
    return state.startsWith('Z') ? null : { pid, startedAt };
  } catch {
    return null;
  }
}

/** Whether that very process is still there. */
export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  return identifyProcess(pid)?.startedAt === startedAt;
}
