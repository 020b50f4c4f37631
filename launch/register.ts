import type { Database } from '../db/store/connection.ts';
import { registerExperiment, retryEndedRuns, type Registration } from '../db/queries/experiments.ts';
import { canonicalJson } from '../config/canonical.ts';
import { planRuns, type PlannedRun } from '../experiments/plan-runs.ts';
import type { ResolvedExperiment } from '../experiments/resolve/resolve.ts';

/** The program that would compute what is missing of a matrix. */
export interface Launch {
  /** SHA-256 of its sources. */
  readonly sources: string;
  /** Go on where other sources computed a part, which is refused otherwise. */
  readonly mixedSources: boolean;
}

function toRegistration(
  experiment: ResolvedExperiment,
  planned: readonly PlannedRun[],
  launch: Launch,
): Registration {
  const { id, name, question, baseline, source, hypotheses, checks } = experiment;
  return {
    ...(launch.mixedSources ? {} : { sources: launch.sources }),
    experiment: {
      ...{ id, name, question, baseline, source },
      hypotheses: canonicalJson(hypotheses),
      checks: canonicalJson(checks),
    },
    conditions: experiment.conditions.map((condition, position) => ({
      id: condition.id,
      name: condition.name,
      position,
      isControl: condition.isControl,
      settings: condition.stored?.settings ?? canonicalJson(condition.condition),
    })),
    runs: planned.map(({ conditionName: _, ...run }) => run),
  };
}

/**
 * Writes the matrix's rows and says which runs it plans; what is there already stays, so launching twice is harmless.
 *
 * @throws {MixedSourcesError} before anything is computed or written
 */
export function registerMatrix(db: Database, experiment: ResolvedExperiment, launch: Launch): PlannedRun[] {
  const planned = planRuns(experiment);
  registerExperiment(db, toRegistration(experiment, planned, launch));
  return planned;
}

/** Lets the runs of a matrix that is not under way start again if they failed or were cancelled. */
export function retryMatrix(db: Database, experiment: ResolvedExperiment, launch: Launch): void {
  retryEndedRuns(db, toRegistration(experiment, planRuns(experiment), launch));
}
