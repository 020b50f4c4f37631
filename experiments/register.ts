import type { Database } from '../db/connection.ts';
import { registerExperiment } from '../db/experiments.ts';
import { canonicalJson } from '../spec/canonical.ts';
import type { ResolvedExperiment } from './resolve.ts';

/** One planned run of a matrix. */
export interface PlannedRun {
  readonly id: string;
  readonly conditionId: string;
  readonly conditionName: string;
  readonly seed: number;
  readonly totalSteps: number;
}

/** Every run of the matrix, by condition and seed. */
export function planRuns(experiment: ResolvedExperiment): PlannedRun[] {
  return experiment.conditions.flatMap(({ id, name, condition }) =>
    experiment.seeds.map((seed) => ({
      id: `${experiment.id.slice(0, 12)}/${name}/seed-${seed}`,
      conditionId: id,
      conditionName: name,
      seed,
      totalSteps: condition.training.steps,
    })),
  );
}

/** Writes the matrix's rows; what is there already stays, so launching twice is harmless. */
export function registerMatrix(db: Database, experiment: ResolvedExperiment): void {
  const { id, name, question, baseline } = experiment;
  registerExperiment(db, {
    experiment: { id, name, question, baseline },
    conditions: experiment.conditions.map((condition, position) => ({
      id: condition.id,
      name: condition.name,
      position,
      isControl: condition.isControl,
      baseModelId: condition.baseModelId,
      settings: canonicalJson(condition.condition),
    })),
    runs: planRuns(experiment).map(({ conditionName: _, ...run }) => run),
  });
}
