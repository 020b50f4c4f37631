import { and, asc, count, eq, getTableColumns, inArray, ne } from 'drizzle-orm';
import { assertSameRecord } from './conflicting-record-error.ts';
import type { Database } from '../store/connection.ts';
import { prepareInsert } from './prepare-insert.ts';
import { upsertProblems, type ProblemRecord } from './problems.ts';
import { evaluations, problems } from '../rollout-schema.ts';

export type EvaluationRow = typeof evaluations.$inferSelect;

/** Counts of one problem's samples. */
export interface EvaluatedProblem {
  readonly problem: ProblemRecord;
  readonly counts: Omit<EvaluationRow, 'problemId'>;
}

const COLUMNS = Object.keys(getTableColumns(evaluations)) as (keyof EvaluationRow)[];

/** Records an evaluation's counts; a repeated record must agree. Call inside a write transaction. */
export function recordEvaluations(db: Database, evaluated: readonly EvaluatedProblem[]): void {
  const problemIds = upsertProblems(
    db,
    evaluated.map(({ problem }) => problem),
  );
  const insert = prepareInsert(db, evaluations, COLUMNS);
  evaluated.forEach(({ counts }, i) => {
    const row = { ...counts, problemId: problemIds[i]! };
    if (!insert(row).isNew) assertSameEvaluation(db, row);
  });
}

function assertSameEvaluation(db: Database, row: EvaluationRow): void {
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
  const key = `${row.runId} step ${row.step} ${row.split} problem ${row.problemIndex}`;
  assertSameRecord({ table: 'evaluations', key }, stored, row);
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

/** What the base model answered to each problem of a run's pool: pool index → answer (empty text: none) → samples. */
export function listPoolAnswers(db: Database, runId: string): Map<number, Record<string, number>> {
  const rows = db
    .select({ index: evaluations.problemIndex, answers: evaluations.answers })
    .from(evaluations)
    .where(and(eq(evaluations.runId, runId), eq(evaluations.step, 0), eq(evaluations.split, 'pool')))
    .all();
  return new Map(rows.map((row) => [row.index, JSON.parse(row.answers) as Record<string, number>]));
}

/** How many problems of a run's split are evaluated at a step. */
export function countEvaluated(
  db: Database,
  at: { readonly runId: string; readonly step: number; readonly split: string },
): number {
  const found = db
    .select({ problems: count() })
    .from(evaluations)
    .where(
      and(eq(evaluations.runId, at.runId), eq(evaluations.step, at.step), eq(evaluations.split, at.split)),
    )
    .get()!;
  return found.problems;
}

/** How many problems of a split are recorded of one evaluation, which may still be under way. */
export interface EvaluationExtent {
  readonly step: number;
  readonly split: string;
  readonly problems: number;
}

/** The evaluations of a run's policies, by step and split. */
export function listEvaluationExtents(db: Database, runId: string): EvaluationExtent[] {
  const { step, split } = evaluations;
  return db
    .select({ step, split, problems: count() })
    .from(evaluations)
    .where(and(eq(evaluations.runId, runId), ne(split, 'pool')))
    .groupBy(step, split)
    .orderBy(asc(step), asc(split))
    .all();
}

/** Where an evaluation stands: its run, the training steps behind it, and its split. */
export interface EvaluationPlace {
  readonly runId: string;
  readonly step: number;
  readonly split: string;
}

/** One problem of an evaluation with its counts. */
export type AnsweredProblem = EvaluationRow & Omit<ProblemRecord, 'split'>;

/** What was asked in one evaluation and how often it was answered rightly, by problem. */
export function listAnsweredProblems(db: Database, at: EvaluationPlace): AnsweredProblem[] {
  const { task, key, prompt, answer } = problems;
  return db
    .select({ evaluation: evaluations, problem: { task, key, prompt, answer } })
    .from(evaluations)
    .innerJoin(problems, eq(problems.id, evaluations.problemId))
    .where(
      and(eq(evaluations.runId, at.runId), eq(evaluations.step, at.step), eq(evaluations.split, at.split)),
    )
    .orderBy(asc(evaluations.problemIndex))
    .all()
    .map(({ evaluation, problem }) => ({ ...evaluation, ...problem }));
}
