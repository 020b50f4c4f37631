import { and, eq } from 'drizzle-orm';
import { assertSameRecord } from './conflicting-record-error.ts';
import type { Database } from './connection.ts';
import { problems } from './schema.ts';

export interface ProblemRecord {
  readonly task: string;
  readonly split: string;
  readonly key: string;
  readonly prompt: string;
  readonly answer: string;
}

/** Ids of the problems, which are inserted when new; call inside a write transaction. */
export function upsertProblems(db: Database, records: readonly ProblemRecord[]): number[] {
  return records.map((record) => {
    const { task, split, key, prompt, answer } = record;
    const row = { task, split, key, prompt, answer };
    const stored = db
      .select()
      .from(problems)
      .where(and(eq(problems.task, task), eq(problems.split, split), eq(problems.key, key)))
      .get();
    if (stored === undefined) return Number(db.insert(problems).values(row).run().lastInsertRowid);
    assertSameRecord({ table: 'problems', key: `${task}/${split}/${key}` }, stored, row);
    return stored.id;
  });
}
