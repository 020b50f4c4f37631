import { and, asc, eq, max, ne, sql, type SQL } from 'drizzle-orm';
import { assertSameRecord } from './conflicting-record-error.ts';
import type { Database } from '../store/connection.ts';
import { assertFinite } from './finite-value.ts';
import { prepareInsert } from './prepare-insert.ts';
import { upsertProblems, type ProblemRecord } from './problems.ts';
import { problems, rewardComponents, rollouts, verdicts } from '../rollout-schema.ts';

export type RolloutRow = typeof rollouts.$inferSelect;
export type VerdictRow = typeof verdicts.$inferSelect;

const UNSHAPED = { credit: null, tokenWeights: null, reward: null, advantage: null, isKept: null };

/** A sampled completion with its verdict, before shaping. */
export interface VerifiedRollout {
  readonly problem: ProblemRecord;
  readonly rollout: Omit<RolloutRow, 'id' | 'problemId' | keyof typeof UNSHAPED>;
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

const STORED_BEFORE_SHAPING = [
  'runId',
  'phase',
  'step',
  'problemIndex',
  'sampleIndex',
  'problemId',
  'text',
  'format',
  'tokenCount',
  'isTruncated',
  'tokens',
  'tokenEnds',
  'parentSample',
  'forkAt',
  'units',
  'logprobs',
  'entropies',
] as const;

/**
 * Inserts rollouts with their verdicts; rows that are there already must be the same. Call inside a write transaction. Returns the
 * rows as they are stored, in the order of the records.
 */
export function recordVerifiedRollouts(
  db: Database,
  place: RolloutPlace,
  records: readonly VerifiedRollout[],
): RolloutWithVerdict[] {
  const stored = new Map(listRollouts(db, place).map((row) => [pointOf(row), row]));
  const problemIds = upsertDistinctProblems(db, records);
  const insertRollout = prepareInsert(db, rollouts, STORED_BEFORE_SHAPING);
  const insertVerdict = prepareInsert(db, verdicts, ['rolloutId', 'outcome', 'extractedAnswer', 'reason']);
  return records.map(({ problem, rollout, verdict }) => {
    const row = { ...rollout, problemId: problemIds.get(problem.key)! };
    const existing = stored.get(pointOf(rollout));
    if (existing === undefined) {
      const { rowId } = insertRollout(row);
      insertVerdict({ ...verdict, rolloutId: rowId });
      const { prompt, answer, key: problemKey } = problem;
      return {
        ...row,
        ...UNSHAPED,
        id: rowId,
        prompt,
        answer,
        problemKey,
        verdict: { ...verdict, rolloutId: rowId },
      };
    }
    const key = `${place.runId} ${place.phase} step ${place.step} ${pointOf(rollout)}`;
    assertSameRecord({ table: 'rollouts', key }, existing, row);
    assertSameRecord({ table: 'verdicts', key }, existing.verdict, verdict);
    return existing;
  });
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

function selectRollouts(db: Database, where: SQL | undefined, limit = -1): RolloutWithVerdict[] {
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
    .where(where)
    .orderBy(asc(rollouts.problemIndex), asc(rollouts.sampleIndex))
    .limit(limit)
    .all()
    .map(({ rollout, ...rest }) => ({ ...rollout, ...rest }));
}

/** The rollouts of one place, by problem and sample. */
export function listRollouts(db: Database, place: RolloutPlace): RolloutWithVerdict[] {
  return selectRollouts(db, at(place));
}

/** The sample rollouts that the last evaluation on a split kept, by problem and sample. */
export function listLastEvaluated(
  db: Database,
  { runId, split }: { readonly runId: string; readonly split: string },
): RolloutWithVerdict[] {
  const step = lastStepOf(db, { runId, phase: split });
  return step === null ? [] : listRollouts(db, { runId, phase: split, step });
}

function lastStepOf(db: Database, { runId, phase }: Omit<RolloutPlace, 'step'>): number | null {
  const where = and(eq(rollouts.runId, runId), eq(rollouts.phase, phase));
  return (
    db
      .select({ step: max(rollouts.step) })
      .from(rollouts)
      .where(where)
      .get()?.step ?? null
  );
}

/**
 * First samples of problems at the last step of a run's phase ('train' or a split), by problem: of as many as told the first that are
 * not correct, then of as many the first that are.
 */
export function listLastRollouts(
  db: Database,
  { wrong, right, ...from }: Omit<RolloutPlace, 'step'> & { readonly wrong: number; readonly right: number },
): RolloutWithVerdict[] {
  const last = lastStepOf(db, from);
  if (last === null) return [];
  const first = and(at({ ...from, step: last }), eq(rollouts.sampleIndex, 0));
  return [
    ...selectRollouts(db, and(first, ne(verdicts.outcome, 'correct')), wrong),
    ...selectRollouts(db, and(first, eq(verdicts.outcome, 'correct')), right),
  ];
}

/** A training rollout without its numbers, as datasets are made of. */
export type RolloutText = Pick<
  RolloutWithVerdict,
  'step' | 'problemIndex' | 'sampleIndex' | 'text' | 'prompt'
> & { readonly outcome: VerdictRow['outcome'] };

/** The training rollouts of a run, by step, problem and sample. */
export function listTrainingTexts(db: Database, runId: string): RolloutText[] {
  return db
    .select({
      step: rollouts.step,
      problemIndex: rollouts.problemIndex,
      sampleIndex: rollouts.sampleIndex,
      text: rollouts.text,
      prompt: problems.prompt,
      outcome: verdicts.outcome,
    })
    .from(rollouts)
    .innerJoin(verdicts, eq(verdicts.rolloutId, rollouts.id))
    .innerJoin(problems, eq(problems.id, rollouts.problemId))
    .where(and(eq(rollouts.runId, runId), eq(rollouts.phase, 'train')))
    .orderBy(asc(rollouts.step), asc(rollouts.problemIndex), asc(rollouts.sampleIndex))
    .all();
}

/** What shaping decided for one rollout. */
export interface ShapedRollout {
  readonly rolloutId: number;
  readonly reward: number | null;
  readonly advantage: number | null;
  readonly isKept: boolean;
  readonly credit: Buffer | null;
  /** Null: no rule changed them. */
  readonly tokenWeights: Buffer | null;
  readonly components: readonly {
    readonly name: string;
    readonly weight: number;
    readonly value: number | null;
  }[];
}

function prepareShaping(db: Database) {
  // Raw SQL values: a typed placeholder would turn null into the column's encoding of it.
  return db
    .update(rollouts)
    .set({
      reward: sql`${sql.placeholder('reward')}`,
      advantage: sql`${sql.placeholder('advantage')}`,
      credit: sql`${sql.placeholder('credit')}`,
      tokenWeights: sql`${sql.placeholder('tokenWeights')}`,
      isKept: sql`${sql.placeholder('isKept')}`,
    })
    .where(eq(rollouts.id, sql.placeholder('rolloutId')))
    .prepare();
}

/**
 * Writes rewards, advantages and credit beside the rollouts; call inside a write transaction. A later sampling round
 * shapes the step's earlier rollouts again and so replaces their advantages; their reward components must stay the same.
 *
 * @throws {NonFiniteValueError} @throws {ConflictingRecordError}
 */
export function recordShaping(db: Database, shaped: readonly ShapedRollout[]): void {
  const update = prepareShaping(db);
  const insertComponent = prepareInsert(db, rewardComponents, ['rolloutId', 'name', 'weight', 'value']);
  for (const { rolloutId, components, ...decided } of shaped) {
    assertFinite(decided.reward, `the reward of rollout ${rolloutId}`);
    assertFinite(decided.advantage, `the advantage of rollout ${rolloutId}`);
    update.run({ ...decided, rolloutId, isKept: Number(decided.isKept) });
    for (const component of components) {
      assertFinite(component.value, `the reward component ${component.name} of rollout ${rolloutId}`);
      const row = { rolloutId, ...component };
      if (!insertComponent(row).isNew) assertSameComponent(db, row);
    }
  }
}

/** Writes what rules made of tokens when the step was updated; call inside a write transaction. */
export function recordTokenWeights(
  db: Database,
  ruled: readonly { readonly rolloutId: number; readonly tokenWeights: Buffer }[],
): void {
  const update = db
    .update(rollouts)
    .set({ tokenWeights: sql`${sql.placeholder('tokenWeights')}` })
    .where(eq(rollouts.id, sql.placeholder('rolloutId')))
    .prepare();
  for (const row of ruled) update.run(row);
}

function assertSameComponent(db: Database, row: typeof rewardComponents.$inferSelect): void {
  const stored = db
    .select()
    .from(rewardComponents)
    .where(and(eq(rewardComponents.rolloutId, row.rolloutId), eq(rewardComponents.name, row.name)))
    .get()!;
  const key = `rollout ${row.rolloutId}, component ${row.name}`;
  assertSameRecord({ table: 'reward_components', key }, stored, row);
}
