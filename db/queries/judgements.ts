import { and, asc, count, eq, like, min, sql } from 'drizzle-orm';
import { judgements, rollouts } from '../rollout-schema.ts';
import { runs } from '../schema.ts';
import type { Database } from '../store/connection.ts';
import { assertSameRecord } from './conflicting-record-error.ts';
import { prepareInsert } from './prepare-insert.ts';
import { recordedRunId } from './runs.ts';

export type JudgementRow = typeof judgements.$inferSelect;

const JUDGEMENT_COLUMNS = [
  'rolloutId',
  'judge',
  'item',
  'unit',
  'vote',
  'outcome',
  'score',
  'weight',
  'label',
  'text',
  'tokens',
] as const;

/** Records what judges found; a repeated record must agree. Call inside a write transaction. */
export function recordJudgements(db: Database, rows: readonly JudgementRow[]): void {
  const insert = prepareInsert(db, judgements, JUDGEMENT_COLUMNS);
  for (const row of rows) {
    const { rolloutId, judge, item, unit, vote } = row;
    const key = `rollout ${rolloutId}, judge ${judge}, item ${item}, unit ${unit}, vote ${vote}`;
    if (insert(row).isNew) continue;
    const stored = db
      .select()
      .from(judgements)
      .where(
        and(
          eq(judgements.rolloutId, rolloutId),
          eq(judgements.judge, judge),
          eq(judgements.item, item),
          eq(judgements.unit, unit),
          eq(judgements.vote, vote),
        ),
      )
      .get()!;
    assertSameRecord({ table: 'judgements', key }, stored, row);
  }
}

/** The judges' findings by rollout id, each rollout's in the order of their key. */
export function listJudgements(db: Database, rolloutIds: readonly number[]): Map<number, JudgementRow[]> {
  const byRollout = new Map<number, JudgementRow[]>();
  // One JSON parameter: SQLite limits how many parameters a statement has, and an evaluation has more rollouts.
  const rows = db
    .select()
    .from(judgements)
    .where(sql`${judgements.rolloutId} in (select value from json_each(${JSON.stringify(rolloutIds)}))`)
    .orderBy(
      asc(judgements.rolloutId),
      asc(judgements.judge),
      asc(judgements.item),
      asc(judgements.unit),
      asc(judgements.vote),
    )
    .all();
  for (const row of rows) {
    const ofRollout = byRollout.get(row.rolloutId);
    if (ofRollout === undefined) byRollout.set(row.rolloutId, [row]);
    else ofRollout.push(row);
  }
  return byRollout;
}

/** How an asked reward answered on rollouts of a run. */
export interface AnswerCount {
  readonly runId: string;
  readonly reward: string;
  /** `scored`, `none` where it said that there is no score, or why none came: `late`, `rejected`, `ended`, `unreadable`. */
  readonly kind: string;
  readonly rollouts: number;
  /** One of its messages; null: it has none. */
  readonly example: string | null;
}

const REWARD_PREFIX = 'reward:';
const KINDS: Partial<Record<JudgementRow['outcome'], string>> = {
  judged: 'scored',
  'not-applicable': 'none',
};

/** Answers of asked rewards, of all runs of an experiment or of one run, by run, reward and kind. */
export function listAnswerCounts(
  db: Database,
  of: { readonly experimentId: string } | { readonly runId: string },
): AnswerCount[] {
  const { judge, outcome, label } = judgements;
  const isAsked = 'runId' in of ? eq(runs.id, of.runId) : eq(runs.experimentId, of.experimentId);
  return db
    .select({ runId: runs.id, judge, outcome, label, rollouts: count(), example: min(judgements.text) })
    .from(judgements)
    .innerJoin(rollouts, eq(rollouts.id, judgements.rolloutId))
    .innerJoin(runs, eq(recordedRunId, rollouts.runId))
    .where(and(isAsked, like(judge, `${REWARD_PREFIX}%`)))
    .groupBy(runs.id, judge, outcome, label)
    .orderBy(asc(runs.id), asc(judge), asc(outcome), asc(label))
    .all()
    .map(({ judge: by, outcome: found, label: why, ...row }) => ({
      ...row,
      reward: by.slice(REWARD_PREFIX.length),
      kind: KINDS[found] ?? why ?? found,
    }));
}
