import type { RunRow } from '../../db/queries/runs.ts';
import type { ClaimRunFacts } from './claim-page.ts';

type RunTimes = Pick<RunRow, 'startedAt' | 'finishedAt'>;

/** Seconds during which at least one of the runs was under way. */
function measureWall(runs: readonly RunTimes[]): number {
  const spans = runs
    .flatMap(({ startedAt, finishedAt }) =>
      startedAt === null || finishedAt === null ? [] : [[Date.parse(startedAt), Date.parse(finishedAt)]],
    )
    .sort(([a], [b]) => a! - b!) as [number, number][];
  let total = 0;
  let until = -Infinity;
  for (const [begin, end] of spans) {
    total += Math.max(0, end - Math.max(begin, until));
    until = Math.max(until, end);
  }
  return total / 1000;
}

/** What a claim's page says of its runs as a whole. */
export function summarizeRuns(
  runs: readonly (RunTimes & Pick<RunRow, 'reusedRunId'>)[],
): Pick<ClaimRunFacts, 'wallSeconds' | 'reusedRuns'> {
  return {
    wallSeconds: measureWall(runs),
    reusedRuns: runs.filter(({ reusedRunId }) => reusedRunId !== null).length,
  };
}
