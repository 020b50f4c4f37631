import type { Database } from '../db/store/connection.ts';
import { chooseExperiment, listConditions } from '../db/queries/experiments.ts';
import { listRuns } from '../db/queries/runs.ts';
import type { Check } from '../config/check.ts';
import type { Hypothesis } from '../config/hypothesis.ts';
import { readStoredCondition } from '../config/stored-condition.ts';
import type { ResolvedExperiment } from '../experiments/resolve/resolve.ts';

/**
 * The experiment as it is stored: what is read back here does not read the file again, so it cannot drift.
 *
 * @param nameOrId the newest experiment when undefined
 * @throws {UnknownExperimentError}
 */
export function restoreExperiment(db: Database, nameOrId: string | undefined): ResolvedExperiment {
  const experiment = chooseExperiment(db, nameOrId);
  const runs = listRuns(db, experiment.id);
  return {
    ...experiment,
    hypotheses: JSON.parse(experiment.hypotheses) as Hypothesis[],
    checks: JSON.parse(experiment.checks) as Record<string, Check>,
    seeds: [...new Set(runs.map((run) => run.seed))].sort((a, b) => a - b),
    conditions: listConditions(db, experiment.id).map(({ id, name, isControl, settings }) => {
      const baseModelIds = new Map(
        runs.filter((run) => run.conditionId === id).map((run) => [run.baseSeed, run.baseModelId]),
      );
      const baseSeeds = [...baseModelIds.keys()];
      const condition = readStoredCondition(JSON.parse(settings));
      return { id, name, isControl, baseSeeds, condition, stored: { settings, baseModelIds } };
    }),
  };
}
