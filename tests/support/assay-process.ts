import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../cli/assay.mjs', import.meta.url));

/** One `assay` command under test: its process, what it printed, how it ended. */
export interface AssayProcess {
  readonly child: ChildProcess;
  readonly output: () => { stdout: string; stderr: string };
  readonly exit: Promise<number | NodeJS.Signals>;
}

/** Collects what a started command prints; both of its streams are pipes. */
export function followProcess(child: ChildProcess): AssayProcess {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exit = new Promise<number | NodeJS.Signals>((done) =>
    child.once('close', (code, signal) => done(signal ?? code ?? 0)),
  );
  return { child, output: () => ({ stdout, stderr }), exit };
}

/** Starts `assay` as a user would, in a process group of its own. */
export function startAssay(parameters: readonly string[], environment: NodeJS.ProcessEnv = {}): AssayProcess {
  return followProcess(
    spawn(process.execPath, [program, ...parameters], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TEMPORAL_ADDRESS: undefined, ...environment },
    }),
  );
}

/** Runs `assay` to its end. */
export async function runAssay(parameters: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const assay = startAssay(parameters, environment);
  return { code: await assay.exit, ...assay.output() };
}

/** Processes whose command line holds every one of the words, as the kernel lists them. */
export function findProcesses(...words: readonly string[]): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ');
        return words.every((word) => command.includes(word));
      } catch {
        // The process ended between listing and reading.
        return false;
      }
    })
    .map(Number);
}
