import { and, asc, eq, inArray } from 'drizzle-orm';
import { assertSameRecord } from './conflicting-record-error.ts';
import type { Database } from './connection.ts';
import { upsertProblems, type ProblemRecord } from './problems.ts';
import { evaluations, problems } from './schema.ts';

export type EvaluationRow = typeof evaluations.$inferSelect;

/** Counts of one problem's samples. */
export interface EvaluatedProblem {
  readonly problem: ProblemRecord;
  readonly counts: Omit<EvaluationRow, 'problemId'>;
}

/** Records an evaluation's counts; a repeated record must agree. Call inside a write transaction. */
export function recordEvaluations(db: Database, evaluated: readonly EvaluatedProblem[]): void {
  const problemIds = upsertProblems(
    db,
    evaluated.map(({ problem }) => problem),
  );
  evaluated.forEach(({ counts }, i) => {
    const row = { ...counts, problemId: problemIds[i]! };
    const inserted = db.insert(evaluations).values(row).onConflictDoNothing().run();
    if (inserted.changes > 0) return;
    const stored = db
      .select()
      .from(evaluations)
      .where(
        and(
          eq(evaluations.runId, row.runId),
          eq(evaluations.step, row.step),
          eq(evaluations.split, row.split),
          eq(evaluations.problemIndex, row.problemIndex),
        ),
      )
      .get()!;
    assertSameRecord(
      { table: 'evaluations', key: `${row.runId} step ${row.step} ${row.split}` },
      stored,
      row,
    );
  });
}

/** Counts of the runs' evaluations with each problem's key, by run, step, split and problem. */
export function listEvaluations(
  db: Database,
  runIds: readonly string[],
): (EvaluationRow & { readonly problemKey: string })[] {
  if (runIds.length === 0) return [];
  return db
    .select({ evaluation: evaluations, problemKey: problems.key })
    .from(evaluations)
    .innerJoin(problems, eq(problems.id, evaluations.problemId))
    .where(inArray(evaluations.runId, [...runIds]))
    .orderBy(
      asc(evaluations.runId),
      asc(evaluations.step),
      asc(evaluations.split),
      asc(evaluations.problemIndex),
    )
    .all()
    .map(({ evaluation, problemKey }) => ({ ...evaluation, problemKey }));
}

/** How many problems of a run's split are evaluated at a step. */
export function countEvaluated(
  db: Database,
  at: { readonly runId: string; readonly step: number; readonly split: string },
): number {
  return db
    .select({ index: evaluations.problemIndex })
    .from(evaluations)
    .where(
      and(eq(evaluations.runId, at.runId), eq(evaluations.step, at.step), eq(evaluations.split, at.split)),
    )
    .all().length;
}
