import type { ArtifactRef } from '../../config/plan.ts';
import { chooseTemperature } from '../../config/temperature.ts';
import { commitAttempt } from '../../db/queries/attempts.ts';
import { listGridCounts, recordChosenTemperature } from '../../db/queries/temperatures.ts';
import { writeTransaction } from '../../db/store/connection.ts';
import { durable, stageKey } from '../durable.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

export interface ChooseTemperatureInput {
  readonly plan: ArtifactRef;
  readonly epoch: number;
  readonly step: number;
}

export interface ChosenTemperature {
  readonly temperature: number;
}

/** No sample of the grid could be verified, so that nothing can be chosen from it. */
export class UnscoredGridError extends Error {
  override readonly name = 'UnscoredGridError';
}

/**
 * Mean pass@1 over the problems with a verified sample; null where there is none. Counts are summed as whole numbers before they are
 * divided, so that temperatures that are right equally often are equal, whatever problems they are right on.
 */
export function scoreTemperature(
  counts: readonly { readonly n: number; readonly c: number }[],
): number | null {
  const scored = counts.filter(({ n }) => n > 0);
  if (scored.length === 0) return null;
  const correctOf = new Map<number, number>();
  for (const { n, c } of scored) correctOf.set(n, (correctOf.get(n) ?? 0) + c);
  const byN = [...correctOf].sort(([a], [b]) => a - b);
  return byN.reduce((sum, [n, c]) => sum + c / n, 0) / scored.length;
}

/** Chooses the temperature of a final evaluation by the recorded grid, and records the choice. */
export function createChooseTemperature({ db, plans }: StoreDependencies) {
  return durable(async (input: ChooseTemperatureInput, attempt): Promise<ChosenTemperature> => {
    const { runId } = (await plans.readRun(input.plan)).plan;
    const at = { runId, step: input.step };
    const scored = [...listGridCounts(db, at)].map(
      ([temperature, counts]) => [temperature, scoreTemperature(counts)] as const,
    );
    const grid = new Map(
      scored.flatMap(([temperature, score]) => (score === null ? [] : [[temperature, score]])),
    );
    if (grid.size < scored.length || grid.size === 0)
      throw new UnscoredGridError(
        `the temperature of ${runId} is to be chosen from its samples on dev: found ${scored.length} temperatures, of which ` +
          `${grid.size} have a verified sample, expected one at each. Mend the task's check, or give the temperature as a number`,
      );
    const temperature = chooseTemperature(grid);
    writeTransaction(db, (tx) => {
      commitAttempt(tx, stageKey(input, attempt, { runId, stage: 'choose-temperature' }));
      recordChosenTemperature(tx, { ...at, temperature });
    });
    return { temperature };
  });
}
