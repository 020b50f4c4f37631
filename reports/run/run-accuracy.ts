import type { Database } from '../../db/store/connection.ts';
import { listFinalScores } from '../../db/queries/final-scores.ts';
import { compareSplits } from '../comparison/final-counts.ts';
import { estimateLevel, type Level } from '../comparison/estimate-level.ts';
import { groupRows } from '../comparison/group-rows.ts';
import { formatScore } from '../text/format-number.ts';

/** pass@1 of one run on one split at its latest evaluation; the interval covers other problems, not other runs. */
export interface Accuracy extends Pick<Level, 'low' | 'high' | 'problems'> {
  readonly split: string;
  readonly step: number;
  readonly passAt1: number;
}

/** A level of pass@1 over the problems of one run. */
export function estimateAccuracy(
  scores: readonly number[],
): Pick<Accuracy, 'passAt1' | 'low' | 'high' | 'problems'> {
  const { mean: passAt1, low, high, problems } = estimateLevel([scores], [0]);
  return { passAt1, low, high, problems };
}

/** The accuracy of each run on the split that reports lead with, by run id; a run without one is absent. */
export function listAccuracies(db: Database, experimentId: string): Map<string, Accuracy> {
  const rows = listFinalScores(db, experimentId);
  const split = [...new Set(rows.map((row) => row.split))].sort(compareSplits)[0];
  const ofRun = groupRows(
    rows.filter((row) => row.split === split),
    ({ runId }) => runId,
  );
  return new Map(
    [...ofRun].map(([runId, own]) => [
      runId,
      { split: split!, step: own[0]!.step, ...estimateAccuracy(own.map(({ n, c }) => c / n)) },
    ]),
  );
}

/** "clean 0.844 (0.780 to 0.901)" */
export function describeAccuracy({ split, passAt1, low, high }: Accuracy): string {
  return `${split} ${formatScore(passAt1)} (${formatScore(low)} to ${formatScore(high)})`;
}
