import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { acquireEmbeddedServer } from '../../worker/server/embedded-server.ts';
import { toHome } from '../../artifacts/home.ts';
import { provideTemporalServer } from '../../setup/temporal-server.ts';
import { runAssay } from '../support/assay-process.ts';
import { assertSameResults, countFinished } from '../support/small-matrix.ts';
import { countRepeatedCommits } from './count-repeated-commits.ts';
import { disturbMatrix } from './disturb-matrix.ts';
import { SERVER_ROLL_BACK } from './faults.ts';
import { formatDisturbances } from './format-disturbances.ts';
import { measureUsefulWork } from './server-view.ts';

const matrix = fileURLToPath(new URL('../matrices/chaos.ts', import.meta.url));

export interface ChaosSettings {
  /** Two empty directories: of the disturbed matrix and of its undisturbed twin. */
  readonly home: string;
  readonly calm: string;
  readonly seed: number;
  readonly faults: number;
  /** RL steps of each run; more steps give more room for faults. */
  readonly steps: number;
  readonly report: (line: string) => void;
}

const DISK_MIB = 1024;

async function measureWork(home: string): Promise<number> {
  const report = (): void => undefined;
  const executable = await provideTemporalServer({ cacheDirectory: defaultCacheDirectory(), report });
  const server = await acquireEmbeddedServer(toHome(home), executable);
  try {
    return await measureUsefulWork(server.address);
  } finally {
    await server.release();
  }
}

/**
 * Runs a matrix twice, once left alone and once under faults, and compares what both end with.
 *
 * @returns how many faults struck; the tables go to `report`
 * @throws AssertionError when the two differ
 */
export async function runChaosSession({
  home,
  calm,
  seed,
  faults,
  steps,
  report,
}: ChaosSettings): Promise<number> {
  const commandIn = (directory: string): string[] => [
    ...['run', matrix, '--home', directory],
    ...['--set', `training.steps=${steps}`],
  ];
  const undisturbed = await runAssay(commandIn(calm));
  if (undisturbed.code !== 0)
    throw new Error(`the undisturbed twin failed:\n${undisturbed.stderr.slice(-3000)}`);
  const hasOwnDisk = process.getuid?.() === 0;
  if (hasOwnDisk) execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', home]);
  else report('a small disk of its own needs root: the disk is not filled');
  try {
    const begin = Date.now();
    const { disturbances, launches } = await disturbMatrix({
      ...{ home, seed, faults, hasOwnDisk, report },
      stages: countFinished(calm, ''),
      command: commandIn(home),
    });
    const seconds = (Date.now() - begin) / 1000;
    const useful = await measureWork(home);
    const rolledBack = disturbances.filter(({ fault }) => fault === SERVER_ROLL_BACK).length;
    const lost = disturbances.reduce((sum, { lostSeconds }) => sum + lostSeconds, 0);
    assertSameResults(home, calm);
    report(formatDisturbances(disturbances));
    report(
      `${disturbances.length} faults in ${seconds.toFixed(0)} s, ${rolledBack} of them a server rolled back, ${launches} starts of the command; work done again: ${lost.toFixed(1)} s, ` +
        `${((100 * lost) / (lost + useful)).toFixed(1)} % of all; commits repeated with the same rows: ${countRepeatedCommits(home)}; rows, checkpoint hashes and report bytes equal`,
    );
    return disturbances.length;
  } finally {
    if (hasOwnDisk) execFileSync('umount', ['-l', home]);
  }
}
