import { setTimeout as sleep } from 'node:timers/promises';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { startAssay } from '../assay-process.ts';
import { listFaults } from './faults.ts';
import { listUnderWay } from './server-view.ts';

export interface Disturbance {
  readonly fault: string;
  /** Activities under way, by name, as the server knew them just before. */
  readonly stages: readonly string[];
  /** Work of the struck processes that had begun and was not reported, in seconds: it has to be done again. */
  readonly lostSeconds: number;
}

export interface DisturbedMatrix {
  readonly disturbances: readonly Disturbance[];
  /** How often the command was started. */
  readonly launches: number;
}

export interface ChaosPlan {
  readonly home: string;
  /** The command that launches the matrix and resumes it. */
  readonly command: readonly string[];
  readonly seed: number;
  readonly faults: number;
  /** The home is a disk of its own, which may be filled. */
  readonly hasOwnDisk: boolean;
  readonly report: (line: string) => void;
}

/** Between faults, in milliseconds: long enough for something to be under way again. */
const PAUSE_MS = { least: 300, spread: 2500 };

/**
 * Runs a matrix to its end while striking it at random moments, and starts the command again whenever it ends before the
 * matrix does. Which fault comes next and how long to wait is drawn from the seed; what it meets depends on the machine.
 */
export async function disturbMatrix(plan: ChaosPlan): Promise<DisturbedMatrix> {
  const generator = createGenerator(deriveStream(plan.seed, 'chaos'));
  const faults = listFaults(plan.hasOwnDisk);
  const disturbances: Disturbance[] = [];
  let launches = 0;
  for (;;) {
    launches += 1;
    const assay = startAssay(plan.command);
    let exit: number | NodeJS.Signals | null = null;
    void assay.exit.then((code) => (exit = code));
    while (exit === null) {
      await Promise.race([sleep(PAUSE_MS.least + generator.integer(PAUSE_MS.spread)), assay.exit]);
      if (exit !== null || disturbances.length >= plan.faults) continue;
      const underWay = await listUnderWay(plan.home);
      if (exit !== null || underWay === null || underWay.length === 0) continue;
      const [fault, strike] = generator.choose(faults);
      const now = Date.now();
      const struck = await strike({ home: plan.home, assay, generator });
      const lost = underWay.filter(({ pid }) => struck.includes(pid));
      disturbances.push({
        fault,
        stages: underWay.map(({ activity }) => activity),
        lostSeconds: lost.reduce((sum, { startedAt }) => sum + (now - startedAt) / 1000, 0),
      });
      plan.report(
        `${disturbances.length}/${plan.faults} ${fault} during ${underWay.map(({ activity }) => activity).join(', ')}`,
      );
    }
    if (exit === 0) return { disturbances, launches };
    plan.report(`the command ended with ${String(exit)}; it is started again`);
    if (launches > plan.faults * 2 + 10)
      throw new Error(`the matrix does not end:\n${assay.output().stderr.slice(-3000)}`);
  }
}
