import { setTimeout as sleep } from 'node:timers/promises';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { startAssay } from '../support/assay-process.ts';
import { countFinished } from '../support/small-matrix.ts';
import { listFaults, type Fault } from './faults.ts';
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
  /** Stages that the whole matrix commits. */
  readonly stages: number;
  /** The home is a disk of its own, which may be filled. */
  readonly hasOwnDisk: boolean;
  readonly report: (line: string) => void;
}

interface ScheduledFault {
  readonly kind: string;
  readonly strike: Fault;
  /** Strikes once so many stages are committed; 0 and less: before the first run begins. */
  readonly afterStages: number;
}

/** This share of the faults meets the base models, whose pretraining commits nothing that could be counted. */
const PRETRAINING_SHARE = 0.15;

/** Faults spread over the whole matrix, however much each of them delays it. */
function scheduleFaults({ seed, faults, stages, hasOwnDisk }: ChaosPlan): ScheduledFault[] {
  const generator = createGenerator(deriveStream(seed, 'chaos-schedule'));
  const kinds = listFaults(hasOwnDisk);
  const early = Math.round(PRETRAINING_SHARE * stages);
  // Not in the last moments, which would be over before the fault comes.
  const late = Math.floor(0.75 * stages);
  const moments = Array.from({ length: faults }, () => generator.integer(early + late) - early);
  return moments
    .sort((a, b) => a - b)
    .map((afterStages) => {
      const [kind, strike] = generator.choose(kinds);
      return { kind, strike, afterStages };
    });
}

/** Committed stages; as few as none when the store is not there yet, or cannot be read in this moment. */
function countStages(home: string): number {
  try {
    return countFinished(home, '');
  } catch {
    return 0;
  }
}

/** Between looks, in milliseconds: after a fault, long enough for something to be under way again. */
const LOOK_MS = { least: 300, spread: 1500 };

/**
 * Runs a matrix to its end while striking it, and starts the command again whenever it ends before the matrix does.
 * Which fault comes at which point of the matrix is drawn from the seed; the moment within, and so what it meets, is
 * the machine's.
 */
export async function disturbMatrix(plan: ChaosPlan): Promise<DisturbedMatrix> {
  const generator = createGenerator(deriveStream(plan.seed, 'chaos'));
  const schedule = scheduleFaults(plan);
  const disturbances: Disturbance[] = [];
  let launches = 0;
  for (;;) {
    launches += 1;
    const assay = startAssay(plan.command);
    let exit: number | NodeJS.Signals | null = null;
    void assay.exit.then((code) => (exit = code));
    while (exit === null) {
      await Promise.race([sleep(LOOK_MS.least + generator.integer(LOOK_MS.spread)), assay.exit]);
      const next = schedule[disturbances.length];
      if (exit !== null || next === undefined || countStages(plan.home) < next.afterStages) continue;
      const underWay = await listUnderWay(plan.home);
      if (exit !== null || underWay === null || underWay.length === 0) continue;
      const now = Date.now();
      const struck = await next.strike({ home: plan.home, assay, generator });
      const lost = underWay.filter(({ pid }) => struck.includes(pid));
      disturbances.push({
        fault: next.kind,
        stages: underWay.map(({ activity }) => activity),
        lostSeconds: lost.reduce((sum, { startedAt }) => sum + (now - startedAt) / 1000, 0),
      });
      const met = underWay.map(({ activity, pid }) => `${activity} (process ${pid})`).join(', ');
      plan.report(
        `${disturbances.length}/${plan.faults} ${next.kind} (process ${struck.join(', ') || '–'}) during ${met}`,
      );
    }
    if (exit === 0) return { disturbances, launches };
    plan.report(`the command ended with ${String(exit)}; it is started again`);
    if (launches > plan.faults * 2 + 10)
      throw new Error(`the matrix does not end:\n${assay.output().stderr.slice(-3000)}`);
  }
}
