import { and, eq, sql } from 'drizzle-orm';
import { assertSameRecord } from './conflicting-record-error.ts';
import type { Database } from '../store/connection.ts';
import { prepareInsert } from './prepare-insert.ts';
import { problems } from '../rollout-schema.ts';

export interface ProblemRecord {
  readonly task: string;
  readonly split: string;
  readonly key: string;
  readonly prompt: string;
  readonly answer: string;
}

function prepareFind(db: Database) {
  return db
    .select()
    .from(problems)
    .where(
      and(
        eq(problems.task, sql.placeholder('task')),
        eq(problems.split, sql.placeholder('split')),
        eq(problems.key, sql.placeholder('key')),
      ),
    )
    .prepare();
}

/** Ids of the problems, which are inserted when new; call inside a write transaction. */
export function upsertProblems(db: Database, records: readonly ProblemRecord[]): number[] {
  const find = prepareFind(db);
  const insert = prepareInsert(db, problems, ['task', 'split', 'key', 'prompt', 'answer']);
  return records.map((record) => {
    const { task, split, key, prompt, answer } = record;
    const row = { task, split, key, prompt, answer };
    const stored = find.get({ task, split, key });
    if (stored === undefined) return insert(row).rowId;
    assertSameRecord({ table: 'problems', key: `${task}/${split}/${key}` }, stored, row);
    return stored.id;
  });
}
