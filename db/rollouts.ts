import { and, asc, eq, inArray } from 'drizzle-orm';
import { assertSameRecord } from './conflicting-record-error.ts';
import type { Database } from './connection.ts';
import { upsertProblems, type ProblemRecord } from './problems.ts';
import { judgements, problems, rewardComponents, rollouts, verdicts } from './schema.ts';

export type RolloutRow = typeof rollouts.$inferSelect;
export type VerdictRow = typeof verdicts.$inferSelect;
export type JudgementRow = typeof judgements.$inferSelect;

/** A sampled completion with its verdict, before shaping. */
export interface VerifiedRollout {
  readonly problem: ProblemRecord;
  readonly rollout: Omit<RolloutRow, 'id' | 'problemId' | 'credit' | 'reward' | 'advantage' | 'isKept'>;
  readonly verdict: Omit<VerdictRow, 'rolloutId'>;
}

/** Where rollouts stand: a run's training step, or an evaluation's split and step. */
export interface RolloutPlace {
  readonly runId: string;
  readonly phase: string;
  readonly step: number;
}

function at(place: RolloutPlace) {
  return and(eq(rollouts.runId, place.runId), eq(rollouts.phase, place.phase), eq(rollouts.step, place.step));
}

function pointOf(row: { problemIndex: number; sampleIndex: number }): string {
  return `${row.problemIndex}/${row.sampleIndex}`;
}

/** Inserts rollouts with their verdicts; rows that are there already must be the same. Call inside a write transaction. */
export function recordVerifiedRollouts(
  db: Database,
  place: RolloutPlace,
  records: readonly VerifiedRollout[],
): void {
  const stored = new Map(
    db
      .select()
      .from(rollouts)
      .where(at(place))
      .all()
      .map((row) => [pointOf(row), row]),
  );
  const problemIds = upsertDistinctProblems(db, records);
  for (const { problem, rollout, verdict } of records) {
    const row = { ...rollout, problemId: problemIds.get(problem.key)! };
    const existing = stored.get(pointOf(rollout));
    if (existing !== undefined) {
      const key = `${place.runId} ${place.phase} step ${place.step} ${pointOf(rollout)}`;
      assertSameRecord({ table: 'rollouts', key }, existing, row);
      continue;
    }
    const rolloutId = Number(db.insert(rollouts).values(row).run().lastInsertRowid);
    db.insert(verdicts)
      .values({ ...verdict, rolloutId })
      .run();
  }
}

function upsertDistinctProblems(db: Database, records: readonly VerifiedRollout[]): Map<string, number> {
  const distinct = [...new Map(records.map(({ problem }) => [problem.key, problem])).values()];
  const ids = upsertProblems(db, distinct);
  return new Map(distinct.map((problem, i) => [problem.key, ids[i]!]));
}

/** A rollout with its problem and verdict. */
export interface RolloutWithVerdict extends RolloutRow {
  readonly prompt: string;
  readonly answer: string;
  readonly problemKey: string;
  readonly verdict: VerdictRow;
}

/** The rollouts of one place, by problem and sample. */
export function listRollouts(db: Database, place: RolloutPlace): RolloutWithVerdict[] {
  return db
    .select({
      rollout: rollouts,
      verdict: verdicts,
      prompt: problems.prompt,
      answer: problems.answer,
      problemKey: problems.key,
    })
    .from(rollouts)
    .innerJoin(verdicts, eq(verdicts.rolloutId, rollouts.id))
    .innerJoin(problems, eq(problems.id, rollouts.problemId))
    .where(at(place))
    .orderBy(asc(rollouts.problemIndex), asc(rollouts.sampleIndex))
    .all()
    .map(({ rollout, ...rest }) => ({ ...rollout, ...rest }));
}

/** Records what the judge found; call inside a write transaction. */
export function recordJudgements(db: Database, rows: readonly JudgementRow[]): void {
  for (const row of rows) db.insert(judgements).values(row).onConflictDoNothing().run();
}

/** The judge's findings by rollout id. */
export function listJudgements(db: Database, rolloutIds: readonly number[]): Map<number, JudgementRow[]> {
  const byRollout = new Map<number, JudgementRow[]>();
  if (rolloutIds.length === 0) return byRollout;
  const rows = db
    .select()
    .from(judgements)
    .where(inArray(judgements.rolloutId, [...rolloutIds]))
    .all();
  for (const row of rows) byRollout.set(row.rolloutId, [...(byRollout.get(row.rolloutId) ?? []), row]);
  return byRollout;
}

/** What shaping decided for one rollout. */
export interface ShapedRollout {
  readonly rolloutId: number;
  readonly reward: number | null;
  readonly advantage: number | null;
  readonly isKept: boolean;
  readonly credit: Buffer | null;
  readonly components: readonly {
    readonly name: string;
    readonly weight: number;
    readonly value: number | null;
  }[];
}

/** Writes rewards, advantages and credit beside the rollouts; call inside a write transaction. */
export function recordShaping(db: Database, shaped: readonly ShapedRollout[]): void {
  for (const { rolloutId, components, ...decided } of shaped) {
    db.update(rollouts).set(decided).where(eq(rollouts.id, rolloutId)).run();
    for (const component of components) {
      db.insert(rewardComponents)
        .values({ rolloutId, ...component })
        .onConflictDoNothing()
        .run();
    }
  }
}
