import { existsSync } from 'node:fs';
import { openReadonlyDatabase, type Database } from '../../db/store/connection.ts';
import { listConditions, listExperiments } from '../../db/queries/experiments.ts';
import { listEvaluatedProblems } from '../../db/queries/report-queries.ts';
import { listRuns } from '../../db/queries/runs.ts';
import { readStoredCondition } from '../../config/stored-condition.ts';
import { recipeIdOf } from '../../experiments/base-experiment.ts';
import { describeDeadGroups, expectDeadGroups } from '../../reports/power/dead-groups.ts';
import { readHome } from '../home-option.ts';
import type { ChosenClaim } from './choose-claims.ts';

/** Counts on `clean` of the untrained base, from the newest experiment of the home that evaluated it. */
function readBaseCounts(db: Database, recipe: string): { readonly n: number; readonly c: number }[] {
  for (const { id } of listExperiments(db)) {
    const untrained = listConditions(db, id).filter(({ settings }) => {
      const condition = readStoredCondition(JSON.parse(settings));
      return (
        !condition.scheme.isTrained && condition.collect === undefined && recipeIdOf(condition) === recipe
      );
    });
    const ids = new Set(untrained.map((condition) => condition.id));
    const runs = listRuns(db, id).filter(
      ({ conditionId, status }) => ids.has(conditionId) && status === 'completed',
    );
    const runIds = new Set(runs.map((run) => run.id));
    const rows = listEvaluatedProblems(db, id).filter(
      ({ runId, split }) => split === 'clean' && runIds.has(runId),
    );
    if (rows.length > 0) return rows;
  }
  return [];
}

/** For every base and group size of a matrix, how many groups are expected to have no difference in reward. */
export function listDeadGroups(
  { experiment }: Pick<ChosenClaim, 'experiment'>,
  options: { readonly home: string },
): string[] {
  const { database } = readHome(options);
  const db = existsSync(database) ? openReadonlyDatabase(database) : null;
  const lines = experiment.conditions.flatMap(({ condition }) => {
    if (!condition.scheme.isTrained) return [];
    const { groupSize } = condition.training;
    const counts = db === null ? [] : readBaseCounts(db, recipeIdOf(condition));
    return [describeDeadGroups(condition.base.name, groupSize, expectDeadGroups(counts, groupSize))];
  });
  return [...new Set(lines)];
}
