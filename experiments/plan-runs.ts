import { fingerprint } from '../config/canonical.ts';
import type { Condition } from '../config/experiment.ts';
import { runSeed } from '../random/run-seed.ts';
import type { ResolvedExperiment } from './resolve/resolve.ts';

/** One planned run of a matrix. */
export interface PlannedRun {
  readonly id: string;
  readonly conditionId: string;
  readonly conditionName: string;
  readonly baseSeed: number;
  readonly baseModelId: string;
  readonly seed: number;
  /** Seed of the run's random streams. */
  readonly streamSeed: number;
  readonly totalSteps: number;
}

/** The base model of a recipe and base seed: its fingerprint names it. */
function baseModelIdOf({ base, task }: Pick<Condition, 'base' | 'task'>, seed: number): string {
  return fingerprint({ recipe: { ...base, seed }, task });
}

/** Every run of the matrix, by condition, base seed and seed. */
export function planRuns(experiment: ResolvedExperiment): PlannedRun[] {
  return experiment.conditions.flatMap(({ id, name, baseSeeds, condition, stored }) =>
    baseSeeds.flatMap((baseSeed) =>
      experiment.seeds.map((seed) => ({
        id: `${experiment.id.slice(0, 12)}/${name}/base-${baseSeed}/seed-${seed}`,
        conditionId: id,
        conditionName: name,
        baseSeed,
        baseModelId: stored?.baseModelIds.get(baseSeed) ?? baseModelIdOf(condition, baseSeed),
        seed,
        streamSeed: runSeed(baseSeed, seed),
        totalSteps: condition.training.steps,
      })),
    ),
  );
}
