import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openReadonlyDatabase } from '../../db/connection.ts';
import { readReport, readRows } from '../small-matrix.ts';

/** Stages of a step that more than one attempt committed, each the same rows again because its report was lost. */
export function countRepeatedCommits(home: string): number {
  const { $client } = openReadonlyDatabase(join(home, 'assay.db'));
  try {
    const query =
      'select count(*) from (select 1 from attempts where finished_at is not null group by run_id, stage, step having count(*) > 1)';
    return $client.prepare(query).pluck().get() as number;
  } finally {
    $client.close();
  }
}

/** @throws AssertionError when rows (checkpoint hashes among them) or report bytes differ */
export function assertSameResults(home: string, calm: string): void {
  const expected = readRows(calm);
  assert.ok(expected.length > 500, `a real matrix ran (${expected.length} rows)`);
  assert.deepEqual(readRows(home), expected);
  assert.deepEqual(readReport(home), readReport(calm));
}
