import { and, asc, eq, sql } from 'drizzle-orm';
import { judgements } from '../rollout-schema.ts';
import type { Database } from '../store/connection.ts';
import { assertSameRecord } from './conflicting-record-error.ts';
import { prepareInsert } from './prepare-insert.ts';

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
