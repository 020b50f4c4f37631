import { execFileSync } from 'node:child_process';
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Generator } from '../../random/generator.ts';
import { findProcesses, type AssayProcess } from '../support/assay-process.ts';
import { rollBackServer } from './roll-back-server.ts';
import { readServer } from './server-view.ts';

/** Where a fault strikes. */
export interface Place {
  readonly home: string;
  readonly assay: AssayProcess;
  readonly generator: Generator;
}

/** Does its harm, mends what would not mend itself, and returns the processes whose work is lost. */
export type Fault = (place: Place) => Promise<readonly number[]>;

/** Longer than the heartbeat timeout of every activity, so that what a frozen worker does afterwards comes too late. */
const ZOMBIE_MS = 24_000;

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It ended between the listing and the signal.
    }
  }
}

function workersOf(home: string, role: string): number[] {
  return findProcesses(`--role ${role}`, home);
}

function killOne(role: string): Fault {
  return ({ home, generator }) => {
    const workers = workersOf(home, role);
    const hit = workers.length === 0 ? [] : [generator.choose(workers)];
    signal(hit, 'SIGKILL');
    return Promise.resolve(hit);
  };
}

/** Frozen past its heartbeats and thawed later, while everything else goes on. */
function freezeOne(role: string): Fault {
  return ({ home, generator }) => {
    const workers = workersOf(home, role);
    const hit = workers.length === 0 ? [] : [generator.choose(workers)];
    signal(hit, 'SIGSTOP');
    setTimeout(() => signal(hit, 'SIGCONT'), ZOMBIE_MS).unref();
    return Promise.resolve(hit);
  };
}

async function killTree({ home, assay }: Place): Promise<readonly number[]> {
  const workers = findProcesses('--role', home);
  signal([assay.child.pid!, ...workers, ...findProcesses('start-dev', home)], 'SIGKILL');
  await assay.exit;
  return workers;
}

async function interruptCommand({ home, assay }: Place): Promise<readonly number[]> {
  const workers = findProcesses('--role', home);
  signal([assay.child.pid!], 'SIGINT');
  await assay.exit;
  return workers;
}

function killServer({ home }: Place): Promise<readonly number[]> {
  signal([readServer(home).pid], 'SIGKILL');
  return Promise.resolve([]);
}

async function freezeServer({ home, generator }: Place): Promise<readonly number[]> {
  const { pid } = readServer(home);
  signal([pid], 'SIGSTOP');
  await sleep(500 + generator.integer(4000));
  signal([pid], 'SIGCONT');
  return [];
}

export const SERVER_ROLL_BACK = 'roll the Temporal server back';

/** Some steps' worth of what the server wrote is gone, while the store and its files keep theirs. */
async function rollServerBack({ home, generator }: Place): Promise<readonly number[]> {
  await rollBackServer(home, 1500 + generator.integer(3000));
  return [];
}

/** Fills the home's own small disk to the last block, then frees it. */
async function fillDisk({ home, generator }: Place): Promise<readonly number[]> {
  const ballast = join(home, 'ballast');
  execFileSync('sh', [
    '-c',
    'dd if=/dev/zero of="$0" bs=64k 2>/dev/null; dd if=/dev/zero bs=1 >> "$0" 2>/dev/null || true',
    ballast,
  ]);
  await sleep(500 + generator.integer(2000));
  rmSync(ballast);
  return [];
}

/** Takes one artifact away from the store for a while. */
async function hideArtifact({ home, generator }: Place): Promise<readonly number[]> {
  const root = join(home, 'artifacts');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(weights|state|rollouts)[^/]*\.safetensors$/.test(path))
    .sort();
  if (files.length === 0) return [];
  const path = join(root, generator.choose(files));
  try {
    renameSync(path, `${path}.hidden`);
  } catch {
    // Superseded and removed between the listing and now.
    return [];
  }
  await sleep(500 + generator.integer(2000));
  renameSync(`${path}.hidden`, path);
  return [];
}

/** What can happen, by name; a name stands as often as it is to be drawn. */
export function listFaults(hasOwnDisk: boolean): readonly (readonly [string, Fault])[] {
  const killTrain = ['kill a train worker', killOne('train')] as const;
  const killStore = ['kill the store worker', killOne('store')] as const;
  return [
    ...[killTrain, killTrain, killTrain, killStore, killStore],
    ['kill the Temporal server', killServer],
    ['kill the Temporal server', killServer],
    ['kill command, workers and server', killTree],
    ['interrupt the command', interruptCommand],
    ['freeze a train worker past its heartbeats', freezeOne('train')],
    ['freeze the store worker past its heartbeats', freezeOne('store')],
    ['freeze the Temporal server', freezeServer],
    [SERVER_ROLL_BACK, rollServerBack],
    [SERVER_ROLL_BACK, rollServerBack],
    ...(hasOwnDisk ? ([['fill the disk', fillDisk]] as const) : []),
    ['hide an artifact', hideArtifact],
  ];
}
