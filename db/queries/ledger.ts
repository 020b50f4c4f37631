import { and, asc, eq, sql } from 'drizzle-orm';
import type { Budget, Spending } from '../../config/budget.ts';
import { assertSameRecord } from './conflicting-record-error.ts';
import type { Database } from '../store/connection.ts';
import { markSpent, recordedRunId } from './runs.ts';
import { nextStepOf } from './steps.ts';
import { ledger, runs, steps } from '../schema.ts';

export type LedgerRow = typeof ledger.$inferSelect;

/** Records what was spent; a repeated record must agree. Call inside a write transaction. @throws {ConflictingRecordError} */
export function recordLedger(db: Database, rows: readonly LedgerRow[]): void {
  for (const row of rows) {
    const inserted = db.insert(ledger).values(row).onConflictDoNothing().run();
    if (inserted.changes > 0) continue;
    const { runId, step, stage, role, kind } = row;
    const stored = db
      .select()
      .from(ledger)
      .where(
        and(
          eq(ledger.runId, runId),
          eq(ledger.step, step),
          eq(ledger.stage, stage),
          eq(ledger.role, role),
          eq(ledger.kind, kind),
        ),
      )
      .get()!;
    assertSameRecord({ table: 'ledger', key: `${runId} step ${step} ${stage} ${role} ${kind}` }, stored, row);
  }
}

/** Every row of a run, in the order of its steps. */
export function listLedger(db: Database, runId: string): LedgerRow[] {
  return db
    .select()
    .from(ledger)
    .where(eq(ledger.runId, runId))
    .orderBy(asc(ledger.step), asc(ledger.stage), asc(ledger.role), asc(ledger.kind))
    .all();
}

/** What a model in one role took in all steps of one stage. */
export interface LedgerTotal extends Pick<LedgerRow, 'role' | 'tokens' | 'flops' | 'labels' | 'calls'> {
  readonly runId: string;
  /** `inputs`: all training of the runs that it takes from and of those behind them, tokens and calls sampled ones. */
  readonly stage: LedgerRow['stage'] | 'inputs';
}

const totals = {
  stage: ledger.stage,
  role: ledger.role,
  tokens: sql<number>`sum(${ledger.tokens})`,
  flops: sql<number>`sum(${ledger.flops})`,
  labels: sql<number>`sum(${ledger.labels})`,
  calls: sql<number>`sum(${ledger.calls})`,
};

/** A stage's place in the order of a step, evaluations last. */
export function stageOrder(stage: LedgerTotal['stage']): number {
  return ['inputs', 'sample', 'measure', 'judge', 'update', 'evaluation'].indexOf(stage);
}

function byStage(a: LedgerTotal, b: LedgerTotal): number {
  return stageOrder(a.stage) - stageOrder(b.stage) || (a.role < b.role ? -1 : 1);
}

/** A run's totals by stage and role, in the order of a step. */
export function listRunTotals(db: Database, runId: string): LedgerTotal[] {
  return db
    .select({ runId: ledger.runId, ...totals })
    .from(ledger)
    .where(eq(ledger.runId, runId))
    .groupBy(ledger.stage, ledger.role)
    .all()
    .sort(byStage);
}

/** What the runs behind each run of an experiment spent. */
function listInputTotals(db: Database, experimentId: string): LedgerTotal[] {
  const rows = db.all<Omit<LedgerTotal, 'stage' | 'role'>>(
    sql`with recursive behind(run_id, input_run_id) as (
          select run_id, input_run_id from run_inputs
          union select behind.run_id, further.input_run_id
          from behind join run_inputs further on further.run_id = behind.input_run_id)
        select runs.id as runId, sum(ledger.flops) as flops, sum(ledger.labels) as labels,
          sum(iif(ledger.stage = 'sample', ledger.tokens, 0)) as tokens,
          sum(iif(ledger.stage = 'sample', ledger.calls, 0)) as calls
        from runs join behind on behind.run_id = coalesce(runs.reused_run_id, runs.id)
        join ledger on ledger.run_id = behind.input_run_id and ledger.stage <> 'evaluation'
        where runs.experiment_id = ${experimentId} group by runs.id`,
  );
  return rows.map((row) => ({ ...row, stage: 'inputs', role: 'policy' }));
}

/** Totals of every run of an experiment, by run, in the order of a step, those of the runs behind it first. */
export function listLedgerTotals(db: Database, experimentId: string): LedgerTotal[] {
  const own = db
    .select({ runId: runs.id, ...totals })
    .from(runs)
    .innerJoin(ledger, eq(ledger.runId, recordedRunId))
    .where(eq(runs.experimentId, experimentId))
    .groupBy(runs.id, ledger.stage, ledger.role)
    .all();
  return [...listInputTotals(db, experimentId), ...own].sort((a, b) =>
    a.runId === b.runId ? byStage(a, b) : a.runId < b.runId ? -1 : 1,
  );
}

/** Runs of an experiment that have a step without a row of the ledger, as those of an older store have. */
export function listUncountedRuns(db: Database, experimentId: string): string[] {
  return db
    .selectDistinct({ runId: runs.id })
    .from(runs)
    .innerJoin(steps, eq(steps.runId, recordedRunId))
    .where(
      and(
        eq(runs.experimentId, experimentId),
        sql`not exists (select 1 from ${ledger} where ${ledger.runId} = ${steps.runId}
          and ${ledger.step} = ${steps.step} and ${ledger.stage} = 'sample' and ${ledger.kind} = 'text')`,
      ),
    )
    .orderBy(asc(runs.id))
    .all()
    .map(({ runId }) => runId);
}

/** What totals come to in each unit that can be held equal; evaluations count in none. */
export function toSpending(rows: readonly Omit<LedgerTotal, 'runId' | 'role' | 'calls'>[]): Spending {
  const spent = { 'sampled-tokens': 0, flops: 0, labels: 0 };
  for (const { stage, tokens, flops, labels } of rows) {
    if (stage === 'evaluation') continue;
    if (stage === 'sample' || stage === 'inputs') spent['sampled-tokens'] += tokens;
    spent.flops += flops;
    spent.labels += labels;
  }
  return spent;
}

/**
 * Whether the recorded steps of a run have used its budget up; where they have, the run is marked to end after them. A run takes one
 * step at least. Call inside a write transaction.
 */
export function settleBudget(db: Database, runId: string, budget: Budget | undefined): boolean {
  const done = nextStepOf(db, runId);
  if (budget === undefined || done === 0) return false;
  if (toSpending(listRunTotals(db, runId))[budget.unit] < budget.at) return false;
  markSpent(db, runId, done);
  return true;
}
