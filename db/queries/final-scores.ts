import { and, asc, eq, gt, notInArray, sql } from 'drizzle-orm';
import type { Database } from '../store/connection.ts';
import { recordedRunId } from './runs.ts';
import { evaluations } from '../rollout-schema.ts';
import { runs } from '../schema.ts';

/** One problem of a run's latest evaluation of a split. */
export interface FinalScore {
  readonly runId: string;
  readonly split: string;
  readonly step: number;
  readonly n: number;
  readonly c: number;
}

/** Counts of every run's latest evaluation of each split but dev and pool; problems without a verified sample are left out. */
export function listFinalScores(db: Database, experimentId: string): FinalScore[] {
  const latest = sql`(select max(step) from ${evaluations} as later
    where later.run_id = ${evaluations.runId} and later.split = ${evaluations.split})`;
  return db
    .select({
      runId: runs.id,
      split: evaluations.split,
      step: evaluations.step,
      n: evaluations.n,
      c: evaluations.c,
    })
    .from(runs)
    .innerJoin(evaluations, eq(evaluations.runId, recordedRunId))
    .where(
      and(
        eq(runs.experimentId, experimentId),
        notInArray(evaluations.split, ['dev', 'pool']),
        gt(evaluations.n, 0),
        eq(evaluations.step, latest),
      ),
    )
    .orderBy(asc(runs.id), asc(evaluations.split), asc(evaluations.problemIndex))
    .all();
}
