import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BackendChoice } from '../model/backends/backend.ts';
import { PRIVATE_DIRECTORY, type Home } from '../artifacts/home.ts';
import { rotateLogs } from './server/rotate-logs.ts';
import type { WorkerRole } from './run-worker.ts';

/** Worker processes keep dying; the log named in the message says why. */
export class WorkerFailedError extends Error {
  override readonly name = 'WorkerFailedError';
}

export interface WorkerFleet {
  /** Rejects once a worker has died too often; otherwise pending. */
  readonly failure: Promise<never>;
  /** Resolves when every worker polls. */
  readonly ready: Promise<void>;
  readonly pids: () => readonly number[];
  /** Ends the store's worker and starts another, which knows nothing but what server and store say. */
  replaceStoreWorker(): void;
  /** Lets activities reach their next pause, then stops every process. */
  stop(): Promise<void>;
}

/** Where metrics are served to a Prometheus scraper. */
export interface MetricsAddress {
  /** An IPv6 address in brackets. */
  readonly host: string;
  readonly port: number;
}

export interface FleetSettings {
  readonly home: Home;
  readonly storeId: string;
  /** `--artifacts` of each worker. */
  readonly artifacts: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly backend: BackendChoice;
  readonly trainWorkers: number;
  readonly threads: number;
  /** The store worker's; each train worker takes one of the ports that follow. Undefined: none are served. */
  readonly metrics?: MetricsAddress | undefined;
}

const program = fileURLToPath(new URL('../cli/assay.mjs', import.meta.url));
const STOP_TIMEOUT_MS = 15_000;

/** How often the logs' sizes are looked at. */
const LOG_INTERVAL_MS = 60_000;

/** A worker that dies this often within a minute will not get better by itself. */
const MAX_DEATHS_PER_MINUTE = 5;

function spawnWorker(settings: FleetSettings, role: WorkerRole, index: number): ChildProcess {
  const log = openSync(join(settings.home.logs, `${role}-${index}.log`), 'a');
  const flags = ['--role', role, '--home', settings.home.directory, '--backend', settings.backend];
  flags.push('--store', settings.storeId);
  if (settings.artifacts !== undefined) flags.push('--artifacts', settings.artifacts);
  const { metrics } = settings;
  if (metrics !== undefined) flags.push('--metrics', `${metrics.host}:${metrics.port + index}`);
  const child = fork(program, ['worker', ...flags, '--threads', String(settings.threads)], {
    // Its own process group: Ctrl-C reaches the command, which then drains its workers.
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: settings.environment,
  });
  closeSync(log);
  return child;
}

/** Starts the store's worker and the train workers, and starts again those that die. */
export function startWorkerFleet(settings: FleetSettings): WorkerFleet {
  const roles: WorkerRole[] = [
    'store',
    ...Array.from({ length: settings.trainWorkers }, () => 'train' as const),
  ];
  const children = new Map<number, ChildProcess>();
  const deaths: number[] = [];
  const replaced = new Set<ChildProcess>();
  let isStopping = false;
  let fail: (error: Error) => void;
  const failure = new Promise<never>((_, reject) => (fail = reject));
  failure.catch(() => undefined);

  const start = (index: number): Promise<void> =>
    new Promise((ready) => {
      const role = roles[index]!;
      const child = spawnWorker(settings, role, index);
      children.set(index, child);
      child.once('message', () => ready());
      child.once('exit', (code, signal) => {
        children.delete(index);
        if (isStopping) return;
        if (replaced.delete(child)) {
          void start(index).then(ready);
          return;
        }
        const now = Date.now();
        deaths.push(now);
        if (deaths.filter((at) => now - at < 60_000).length > MAX_DEATHS_PER_MINUTE) {
          const log = join(settings.home.logs, `${role}-${index}.log`);
          fail(
            new WorkerFailedError(
              `the ${role} worker keeps dying (${signal ?? `exit ${code}`}); its log is ${log}`,
            ),
          );
          return;
        }
        void start(index).then(ready);
      });
    });

  mkdirSync(settings.home.logs, PRIVATE_DIRECTORY);
  rotateLogs(settings.home.logs);
  const logTimer = setInterval(() => rotateLogs(settings.home.logs), LOG_INTERVAL_MS).unref();
  const ready = Promise.all(roles.map((_, index) => start(index))).then(() => undefined);
  return {
    failure,
    ready,
    pids: () => [...children.values()].flatMap((child) => child.pid ?? []),
    replaceStoreWorker: () => {
      const child = children.get(roles.indexOf('store'));
      if (child === undefined) return;
      replaced.add(child);
      child.kill('SIGKILL');
    },
    stop: async () => {
      isStopping = true;
      clearInterval(logTimer);
      await Promise.all([...children.values()].map(stopChild));
    },
  };
}

function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((stopped) => {
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    child.once('exit', () => {
      clearTimeout(force);
      stopped();
    });
    child.kill('SIGTERM');
  });
}
